// The command line over the environment over the file.
#include "app/option_sources.h"

#include <string>
#include <utility>
#include <vector>

#include "app/command_line.h"
#include "support/catch.h"
#include "support/temp_dir.h"

using command_line::contains;

namespace {

/// A configuration file, and what a command line and an environment make of it.
struct Sources {
    support::TempDir folder;
    std::vector<std::string_view> environment;

    explicit Sources(std::string_view file) { folder.write("conf", file); }

    [[nodiscard]] auto parse(std::vector<std::string> words) const {
        words.insert(words.begin(), {"-c", folder.at("conf")});
        return command_line::parse(std::move(words), false, environment);
    }
    [[nodiscard]] app::Options accepted(std::vector<std::string> words = {}) const {
        auto options = parse(std::move(words));
        INFO((options ? std::string() : options.error().sentence));
        REQUIRE(options);
        return std::move(*options);
    }
    [[nodiscard]] std::string refused(std::vector<std::string> words = {}) const {
        const auto options = parse(std::move(words));
        REQUIRE_FALSE(options);
        return options.error().sentence;
    }
};

}  // namespace

TEST_CASE("option sources: the command line is stronger than the environment, and that than the file",
          "[app][config]") {
    Sources sources("directory d\nport 1\nmax-body 1\nmin-free 1\n");
    sources.environment = {"GODWIT_MAX_BODY=2", "GODWIT_MIN_FREE=2"};
    const app::Options options = sources.accepted({"--min-free", "3"});
    CHECK(options.directory == "d");
    CHECK(options.server.addresses.at(0).port() == 1);
    CHECK(options.site.max_body.bytes() == 2);
    CHECK(options.site.min_free_bytes == 3);
    CHECK(sources.accepted({"e"}).directory == "e");
}

TEST_CASE("option sources: an option that can be repeated is taken from one source", "[app][config]") {
    const Sources sources("directory d\nheader A: 1\nheader B: 2\ncors *\n");
    CHECK(sources.accepted().site.headers.size() == 2);
    const app::Options options = sources.accepted({"--header", "C: 3"});
    REQUIRE(options.site.headers.size() == 1);
    CHECK(options.site.headers[0].name == "C");
    CHECK(options.site.cors.any_origin);
}

TEST_CASE("option sources: off takes back, in the file what stands before it, in the environment all of the file",
          "[app][config]") {
    CHECK_FALSE(Sources("directory d\nallow-upload\nallow-upload off\n").accepted().site.allow_upload);
    CHECK(Sources("directory d\nallow-upload off\nallow-upload\n").accepted().site.allow_upload);
    Sources sources("directory d\nallow-all\n");
    CHECK(sources.accepted().site.allow_replace);
    sources.environment = {"GODWIT_ALLOW_UPLOAD=off"};
    CHECK_FALSE(sources.accepted().site.allow_upload);
    CHECK_FALSE(sources.accepted().site.allow_replace);
    CHECK(sources.accepted().site.allow_delete);
    CHECK(sources.accepted({"--allow-upload"}).site.allow_upload);
    sources.environment = {"GODWIT_ALLOW_ALL=off"};
    CHECK_FALSE(sources.accepted().site.allow_delete);
}

TEST_CASE("option sources: a wrong value is told with its place, also where a stronger source has another",
          "[app][config]") {
    Sources sources("directory d\nport x\n");
    const std::string accepts = "it takes a port from 0 to 65535 (0 picks a free one)";
    CHECK(sources.refused({"-p", "80"}) ==
          sources.folder.at("conf") + ", line 2: port does not take \"x\": " + accepts);
    sources.folder.write("conf", "directory d\n");
    sources.environment = {"GODWIT_PORT=y"};
    CHECK(sources.refused() == "GODWIT_PORT does not take \"y\": " + accepts);
    sources.environment.clear();
    CHECK(sources.refused({"-p", "z"}) == "--port does not take \"z\": " + accepts);
    sources.folder.write("conf", "directory a\ndirectory b\n");
    CHECK(sources.refused() ==
          sources.folder.at("conf") +
              ", line 2: two directories given, a and b: one is served, as DIR or with --directory");
}

TEST_CASE("option sources: the environment may name the file, and the command line another one", "[app][config]") {
    const support::TempDir folder;
    folder.write("a", "directory a\n");
    folder.write("b", "directory b\n");
    const std::string variable = "GODWIT_CONFIG=" + folder.at("a");
    CHECK(command_line::parse({}, false, {variable})->directory == "a");
    CHECK(command_line::parse({"--config", folder.at("b")}, false, {variable})->directory == "b");
}

TEST_CASE("option sources: the names of a daemon's files do not depend on the working directory", "[app][config]") {
    const Sources sources("directory d\ndaemon\nmime-types m\naccess-log off\n");
    const app::Options options = sources.accepted();
    CHECK(options.directory == options.sources.working_directory + "/d");
    CHECK(options.mime_types == options.sources.working_directory + "/m");
    CHECK(options.server.access_log.empty());
    CHECK(options.server.error_log == "-");
}

TEST_CASE("option sources: --test says where each option comes from", "[app][config]") {
    Sources sources("directory d\nallow-upload\n");
    sources.environment = {"GODWIT_PORT=1"};
    const std::string text = app::describe(sources.accepted({"--spa"}), "/d");
    CHECK(contains(text, "given:\n  directory d   from " + sources.folder.at("conf") + ", line 1\n"));
    CHECK(contains(text, "  allow-upload  from " + sources.folder.at("conf") + ", line 2\n"));
    CHECK(contains(text, "  port 1        from the environment\n"));
    CHECK(contains(text, "  spa           from the command line\n"));
    CHECK(contains(text, "  and by default all the rest\n"));
}

TEST_CASE("option sources: --config-from-here prints a file that means the same", "[app][config]") {
    Sources sources("port 8081\nallow-upload\n");
    sources.environment = {"GODWIT_MAX_BODY=1M"};
    const app::Options options = sources.accepted({"--config-from-here", "--header", "X: it's # so", "d"});
    CHECK(options.action == app::Action::config_from_here);
    const auto file = app::config_from_here(options);
    REQUIRE(file);
    CHECK(*file ==
          "# Made by godwit --config-from-here.\nport 8081\nallow-upload\nmax-body 1M\n"
          "header \"X: it's # so\"\ndirectory " +
              options.sources.working_directory + "/d\n");
    const app::Options again = Sources(*file).accepted();
    CHECK(again.site.max_body.bytes() == 1U << 20);
    CHECK(again.site.headers.at(0).value == "it's # so");
    CHECK(again.site.allow_upload);
    const auto impossible = app::config_from_here(sources.accepted({"--config-from-here", "a\nb"}));
    REQUIRE_FALSE(impossible);
    CHECK(contains(impossible.error(), "--directory has a value with a control byte, which a file cannot hold: "));
}
