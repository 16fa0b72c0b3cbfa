// The command line: what is taken, and what is said about what is not.
#include "app/options.h"

#include <algorithm>
#include <initializer_list>
#include <sstream>
#include <string>
#include <vector>

#include "app/command_line.h"
#include "support/catch.h"

using command_line::accepted;
using command_line::contains;
using command_line::parse;
using command_line::refused;

TEST_CASE("options: a directory alone serves it read-only on 127.0.0.1:4221", "[app][options]") {
    const app::Options options = accepted({"site"});
    CHECK(options.action == app::Action::serve);
    CHECK(options.directory == "site");
    REQUIRE(options.server.addresses.size() == 1);
    CHECK(options.server.addresses[0].to_text() == "127.0.0.1:4221");
    CHECK_FALSE(options.site.allow_upload);
    CHECK_FALSE(options.site.allow_delete);
    CHECK(options.site.listing);
    CHECK(options.site.builtin);
    CHECK(options.site.index_name == "index.html");
    CHECK(options.site.symlinks == storage::Symlinks::inside);
    CHECK(options.site.dot_files == storage::DotFiles::hide);
    CHECK(options.site.durability == storage::Durability::full);
    CHECK(options.site.on_conflict == storage::OnConflict::refuse);
    CHECK(options.site.upload_expiry_s == 86'400);
    CHECK_FALSE(options.site.spa);
    CHECK_FALSE(options.site.clean_urls);
    CHECK_FALSE(options.site.cors.on());
    CHECK_FALSE(options.daemon);
    CHECK(options.server.access_log.empty());
    CHECK(options.server.audit_log.empty());
    CHECK(options.server.error_log == "-");
}

TEST_CASE("options: every option reaches its setting, long and short, before and after DIR", "[app][options]") {
    const app::Options options = accepted({"-p",
                                           "8080",
                                           "site/",
                                           "--bind=::1",
                                           "-b",
                                           "unix:/tmp/x",
                                           "-A",
                                           "-i",
                                           "home.html",
                                           "--no-listing",
                                           "--no-builtin",
                                           "--symlinks",
                                           "none",
                                           "--dot-files",
                                           "write",
                                           "--pidfile",
                                           "p",
                                           "-u",
                                           "www:web",
                                           "--access-log",
                                           "a",
                                           "--audit-log",
                                           "u",
                                           "--error-log",
                                           "e",
                                           "--log-format",
                                           "json",
                                           "--request-id",
                                           "--compression-level",
                                           "9",
                                           "--cache-size",
                                           "1M",
                                           "--durability",
                                           "none",
                                           "--min-free",
                                           "2G",
                                           "--on-conflict",
                                           "rename",
                                           "--keep-mtime",
                                           "--upload-expiry",
                                           "3600",
                                           "--mime-types",
                                           "types",
                                           "--spa",
                                           "--clean-urls",
                                           "--memory",
                                           "64M",
                                           "--max-body",
                                           "10M",
                                           "--max-connections",
                                           "5",
                                           "--http2",
                                           "off",
                                           "--keep-alive",
                                           "0",
                                           "--header-timeout",
                                           "0.5",
                                           "--body-timeout",
                                           "3",
                                           "--min-rate",
                                           "1K",
                                           "--write-timeout",
                                           "4",
                                           "--shutdown-grace",
                                           "0",
                                           "-t"});
    CHECK(options.action == app::Action::test);
    CHECK(options.directory == "site");
    REQUIRE(options.server.addresses.size() == 2);
    CHECK(options.server.addresses[0].to_text() == "[::1]:8080");
    CHECK(options.server.addresses[1].to_text() == "unix:/tmp/x");
    CHECK(options.site.allow_upload);
    CHECK(options.site.allow_delete);
    CHECK(options.site.index_name == "home.html");
    CHECK_FALSE(options.site.listing);
    CHECK_FALSE(options.site.builtin);
    CHECK(options.site.symlinks == storage::Symlinks::none);
    CHECK(options.site.dot_files == storage::DotFiles::write);
    CHECK(options.pidfile == "p");
    CHECK(options.user == "www");
    CHECK(options.group == "web");
    CHECK(options.server.access_log == "a");
    CHECK(options.server.audit_log == "u");
    CHECK(options.server.error_log == "e");
    CHECK(options.server.log_format == server::LogFormat::json);
    CHECK(options.server.has_request_ids);
    CHECK(options.site.compression_level == 9);
    CHECK(options.site.cache_bytes == 1U << 20);
    CHECK(options.site.durability == storage::Durability::none);
    CHECK(options.site.min_free_bytes == 2ULL << 30);
    CHECK(options.site.max_body.bytes() == 10U << 20);
    CHECK(options.site.on_conflict == storage::OnConflict::rename);
    CHECK(options.site.keep_mtime);
    CHECK(options.site.upload_expiry_s == 3600);
    CHECK(options.mime_types == "types");
    CHECK(options.site.spa);
    CHECK(options.site.clean_urls);
    CHECK(options.server.memory_bytes == 64U << 20);
    CHECK(options.server.max_connections == 5);
    CHECK_FALSE(options.server.http2);
    CHECK(options.server.keep_alive_ms == 0);
    CHECK(options.server.header_timeout_ms == 500);
    CHECK(options.server.body_timeout_ms == 3000);
    CHECK(options.server.min_rate == 1024);
    CHECK(options.server.write_timeout_ms == 4000);
    CHECK(options.server.shutdown_grace_ms == 0);
}

TEST_CASE("options: uploads and deletes are allowed one by one", "[app][options]") {
    CHECK(accepted({"--allow-upload", "d"}).site.allow_upload);
    CHECK_FALSE(accepted({"--allow-upload", "d"}).site.allow_delete);
    CHECK_FALSE(accepted({"--allow-upload", "d"}).site.allow_replace);
    CHECK(accepted({"--allow-replace", "d"}).site.allow_upload);
    CHECK(accepted({"--allow-replace", "d"}).site.allow_replace);
    CHECK(accepted({"--allow-all", "d"}).site.allow_replace);
    CHECK_FALSE(accepted({"--allow-all", "d"}).site.allow_well_known);
    CHECK(accepted({"--allow-well-known", "d"}).site.allow_well_known);
    CHECK(accepted({"--allow-delete", "d"}).site.allow_delete);
    CHECK_FALSE(accepted({"--allow-delete", "d"}).site.allow_upload);
}

TEST_CASE("options: no directory is the working directory at a terminal and refused elsewhere", "[app][options]") {
    CHECK(accepted({}, true).directory == ".");
    CHECK(contains(refused({}), "no directory given"));
    CHECK(contains(refused({"--test"}), "no directory given"));
}

TEST_CASE("options: one directory is served", "[app][options]") {
    CHECK(accepted({"-d", "a", "a/"}).directory == "a");
    CHECK(accepted({"/"}).directory == "/");
    CHECK(accepted({"--", "-odd"}).directory == "-odd");
    CHECK(contains(refused({"a", "b"}), "two directories given, a and b"));
    CHECK(contains(refused({"-d", "a", "b"}), "two directories given"));
    CHECK(contains(refused({"-d", "a", "-d", "b"}), "two directories given"));
    CHECK(contains(refused({""}), "empty"));
}

TEST_CASE("options: help and version win over what is missing or follows", "[app][options]") {
    CHECK(accepted({"-h"}).action == app::Action::help);
    CHECK(accepted({"--version"}).action == app::Action::version);
    CHECK(accepted({"--help", "--port", "x"}).action == app::Action::help);
    CHECK(contains(refused({"--port", "x", "--help"}), "--port"));
}

TEST_CASE("options: an unknown option is named and the nearest is suggested", "[app][options]") {
    CHECK(contains(refused({"--alow-upload", "d"}), "unknown option --alow-upload: did you mean --allow-upload?"));
    CHECK(contains(refused({"--ports=5", "d"}), "did you mean --port?"));
    CHECK(refused({"--frobnicate", "d"}) == "unknown option --frobnicate: see --help");
    CHECK(refused({"-x", "d"}) == "unknown option -x: see --help");
    CHECK(refused({"-Ax", "d"}) == "unknown option -x: see --help");
    CHECK(contains(refused({"--allow", "d"}),
                   "it may be --allow-upload, --allow-replace, --allow-delete, --allow-all, "
                   "--allow-well-known, --allowed-host"));
    CHECK(contains(refused({"--daemon=yes", "d"}), "--daemon takes no value"));
    CHECK(contains(refused({"--\x1b[31m", "d"}), "unknown option --?[31m"));
}

TEST_CASE("options: a long option with one dash is told so", "[app][options]") {
    CHECK(refused({"-port", "80", "d"}) == "-port has one dash: it is --port");
    CHECK(refused({"d", "-log-format=json"}) == "-log-format has one dash: it is --log-format");
    CHECK(accepted({"-help"}).action == app::Action::help);
    CHECK(accepted({"--", "-port"}).directory == "-port");
    CHECK(contains(refused({"--PORT", "80", "d"}), "did you mean --port?"));
}

TEST_CASE("options: what other servers call an option gets the name that it has here", "[app][options]") {
    for (const char* word : {"--host", "--host=0.0.0.0", "--listen", "--address"}) {
        CAPTURE(word);
        CHECK(contains(refused({word, "d"}), "--bind ADDRESS"));
    }
    CHECK(contains(refused({"--auth", "d"}), "--users FILE"));
    CHECK(contains(refused({"--ssl-cert", "d"}), "--tls-cert FILE"));
    CHECK(contains(refused({"--verbose", "d"}), "--access-log"));
}

TEST_CASE("options: the help is an overview of one screen, a section or all", "[app][options]") {
    CHECK(accepted({"--help"}).help_section.empty());
    CHECK(accepted({"--help", "uploads"}).help_section == "uploads");
    CHECK(accepted({"--help=limits"}).help_section == "limits");
    CHECK(accepted({"-h", "all"}).help_section == "all");
    CHECK(accepted({"--help", "site"}).help_section.empty());
    CHECK(contains(refused({"--help=nothing"}), "no section \"nothing\""));
    const std::string overview = app::help_text("");
    CHECK(std::ranges::count(overview, '\n') <= 24);
    for (const char* section : {"where", "uploads", "web", "process", "limits"}) {
        CAPTURE(section);
        CHECK(contains(overview, "\n  " + std::string(section) + " "));
        const std::string text = app::help_text(section);
        CHECK(contains(text, "  --"));
        CHECK(text.size() < app::help_text("all").size() / 2);
        CHECK(contains(app::help_text("all"), text));
    }
    CHECK(contains(app::help_text("uploads"), "--allow-upload"));
}

TEST_CASE("options: a unix socket's mode is octal and its owner a user", "[app][options]") {
    CHECK(accepted({"d"}).unix_mode == 0660);
    const app::Options options = accepted({"--unix-mode", "0600", "--unix-owner", "www:web", "-b", "unix:/x", "d"});
    CHECK(options.unix_mode == 0600);
    CHECK(options.unix_user == "www");
    CHECK(options.unix_group == "web");
    CHECK(contains(app::describe(options, "/d"), "600 www:web"));
    for (const char* mode : {"", "8", "66x", "1777", "00660"}) {
        CAPTURE(mode);
        CHECK(contains(refused({"--unix-mode", mode, "d"}), "an octal mode"));
    }
    CHECK(contains(refused({"--unix-owner", ":web", "d"}), "USER:GROUP"));
}

TEST_CASE("options: a missing value is named with what is accepted", "[app][options]") {
    CHECK(refused({"d", "--port"}) == "--port needs a value: a port from 0 to 65535 (0 picks a free one)");
    CHECK(refused({"d", "-p"}) == "--port needs a value: a port from 0 to 65535 (0 picks a free one)");
    CHECK(contains(refused({"d", "--log-format"}), "common, combined, extended or json"));
}

TEST_CASE("options: a wrong value is shown with what is accepted", "[app][options]") {
    struct Case {
        const char* name;
        const char* value;
        const char* accepts;
    };
    const std::vector<Case> cases = {
        {"--port", "65536", "from 0 to 65535"},
        {"--port", "-1", "from 0 to 65535"},
        {"--port", "http", "from 0 to 65535"},
        {"--bind", "no host", "IPv4"},
        {"--bind", "256.0.0.1", "IPv4"},
        {"--bind", "", "IPv4"},
        {"--index", "a/b", "without a slash"},
        {"--index", ".hidden", "without a slash"},
        {"--index", "", "without a slash"},
        {"--symlinks", "some", "inside, none or all"},
        {"--dot-files", "show", "hide, write or serve"},
        {"--durability", "half", "full or none"},
        {"--log-format", "xml", "common, combined, extended or json"},
        {"--compression-level", "10", "from 0 (off) to 9"},
        {"--cache-size", "much", "size in bytes"},
        {"--min-free", "1X", "size in bytes"},
        {"--memory", "much", "size in bytes from 64M on"},
        {"--memory", "67108863", "from 64M on"},
        {"--max-body", "-5", "size in bytes"},
        {"--max-connections", "0", "from 1"},
        {"--http2", "1.1", "on or off"},
        {"--keep-alive", "-1", "seconds"},
        {"--keep-alive", "86401", "seconds"},
        {"--header-timeout", "0", "from 0.1"},
        {"--body-timeout", "soon", "from 0.1"},
        {"--write-timeout", "1.", "from 0.1"},
        {"--min-rate", "fast", "per second"},
        {"--shutdown-grace", "x", "seconds"},
        {"--on-conflict", "overwrite", "refuse, rename or replace"},
        {"--upload-expiry", "-1", "seconds from 0"},
        {"--upload-expiry", "31536001", "to 31536000"},
        {"--mime-types", "", "/etc/mime.types"},
        {"--user", ":group", "USER:GROUP"},
        {"--user", "user:", "USER:GROUP"},
        {"--pidfile", "", "file name"},
        {"--access-log", "", "off"},
        {"--audit-log", "", "off"},
        {"--error-log", "", "standard error"},
    };
    for (const Case& one : cases) {
        const std::string sentence = refused({one.name, one.value, "d"});
        CAPTURE(one.name, one.value, sentence);
        CHECK(contains(sentence, std::string(one.name) + " does not take \"" + one.value + "\""));
        CHECK(contains(sentence, one.accepts));
    }
}

TEST_CASE("options: an address is listened on once, and the last port counts for all", "[app][options]") {
    CHECK(contains(refused({"-b", "::1", "-b", "::1", "d"}), "given twice"));
    CHECK(contains(refused({"-b", ":80", "-b", "127.0.0.1:80", "d"}), "0.0.0.0:80 is given too"));
    CHECK(contains(refused({"-b", "[::1]:80", "-b", "[::]:80", "d"}), "[::1]:80 is given too"));
    CHECK(accepted({"-b", ":80", "-b", "127.0.0.1:81", "-b", "[::1]:80", "d"}).server.addresses.size() == 3);
    CHECK(accepted({"-b", ":0", "-b", "127.0.0.1:0", "d"}).server.addresses.size() == 2);
    const app::Options options = accepted({"-b", "0.0.0.0", "-p", "1", "-b", "::", "-p", "2", "d"});
    CHECK(options.server.addresses[0].to_text() == "0.0.0.0:2");
    CHECK(options.server.addresses[1].to_text() == "[::]:2");
}

TEST_CASE("options: off means no access log and no audit log", "[app][options]") {
    CHECK(accepted({"--audit-log", "x", "--audit-log", "off", "d"}).server.audit_log.empty());
    CHECK(accepted({"--audit-log", "-", "d"}).server.audit_log == "-");
    CHECK(accepted({"--access-log", "x", "--access-log", "off", "d"}).server.access_log.empty());
    CHECK(accepted({"--access-log", "-", "d"}).server.access_log == "-");
}

TEST_CASE("options: a daemon's paths do not depend on the working directory", "[app][options]") {
    const app::Options options = accepted({"--daemon", "--pidfile", "p", "--access-log", "a", "--error-log", "e", "d"});
    for (const std::string& path :
         {options.directory, options.pidfile, options.server.access_log, options.server.error_log}) {
        CAPTURE(path);
        CHECK(path.starts_with('/'));
    }
    CHECK(accepted({"--daemon", "d"}).server.error_log == "-");
    CHECK(contains(refused({"--daemon", "--access-log", "-", "d"}), "--daemon closes standard output"));
    CHECK(contains(refused({"--daemon", "--audit-log", "-", "d"}), "--daemon closes standard output"));
    CHECK(accepted({"--daemon", "--audit-log", "u", "d"}).server.audit_log.starts_with('/'));
    CHECK(accepted({"--daemon", "--audit-log", "off", "d"}).server.audit_log.empty());
}

TEST_CASE("options: the help is at most 80 columns wide and names every option", "[app][options]") {
    std::istringstream lines(app::help_text("all") + app::help_text(""));
    for (std::string line; std::getline(lines, line);) {
        CAPTURE(line);
        CHECK(line.size() <= 80);
        CHECK((line.empty() || line.back() != ' '));
    }
    // The ambiguous beginnings of all names together list every option that exists.
    for (char letter = 'a'; letter <= 'z'; ++letter) {
        const auto options = parse({std::string("--") + letter + "=x", "d"});
        if (options) continue;
        std::istringstream words(options.error().sentence);
        for (std::string word; words >> word;) {
            if (word.size() < 5 || !word.starts_with("--")) continue;
            while (word.back() == ',') word.pop_back();
            CAPTURE(word);
            CHECK(contains(app::help_text("all"), word));
        }
    }
}

TEST_CASE("options: --test shows what would be served", "[app][options]") {
    const std::string text = app::describe(accepted({"-A", "--max-body", "3M", "-u", "www", "d"}), "/srv/d");
    CHECK(contains(text, "directory:         /srv/d\n"));
    CHECK(contains(text, "http://127.0.0.1:4221/"));
    CHECK(contains(text, "uploads:           on\n"));
    CHECK(contains(text, "max body:          3M\n"));
    CHECK(contains(text, "user:              www\n"));
    CHECK(contains(app::describe(accepted({"d"}), "/srv/d"), "max body:          no limit\n"));
    CHECK(contains(app::describe(accepted({"--http2", "off", "d"}), "/srv/d"), "HTTP/2:            off\n"));
}

TEST_CASE("options: --test shows what a web site is answered with, and nothing of it when it is none",
          "[app][options]") {
    const std::string plain = app::describe(accepted({"d"}), "/srv/d");
    for (const char* name : {"single page", "clean URLs", "error page", "header", "cache control", "cross-origin",
                             "on conflict", "resumable uploads"}) {
        CAPTURE(name);
        CHECK_FALSE(contains(plain, name));
    }
    const std::string text =
        app::describe(accepted({"--spa", "--clean-urls", "--error-page=404=404.html", "--header",
                                "X-Frame-Options: DENY", "--cache-control=*.css=max-age=60", "--cors=https://a.example",
                                "--mime-types=types", "--allow-upload", "d"}),
                      "/srv/d");
    CHECK(contains(text, "single page:       on\n"));
    CHECK(contains(text, "clean URLs:        on\n"));
    CHECK(contains(text, "error page:        404 /404.html\n"));
    CHECK(contains(text, "header:            / X-Frame-Options: DENY\n"));
    CHECK(contains(text, "cache control:     *.css max-age=60\n"));
    CHECK(contains(text, "cross-origin:      https://a.example\n"));
    CHECK(contains(text, "media types:       types\n"));
    CHECK(contains(text, "on conflict:       refuse\n"));
    CHECK(contains(text, "resumable uploads: kept for 86400 s\n"));
}
