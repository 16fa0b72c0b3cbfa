// The options of web sites: what their values may be, and what is said about others.
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "app/options.h"
#include "app/site_values.h"
#include "support/catch.h"

namespace {

std::expected<app::Options, app::UsageError> parse(std::vector<std::string> words) {
    words.insert(words.begin(), {"godwit", "d"});
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    return app::parse_options(static_cast<int>(words.size()), argv.data(), false);
}

site::SiteConfig accepted(const std::string& option, const std::vector<std::string>& values) {
    std::vector<std::string> words;
    for (const std::string& value : values) {
        words.push_back(option);
        words.push_back(value);
    }
    auto options = parse(words);
    INFO((options ? std::string() : options.error().sentence));
    REQUIRE(options);
    return options->site;
}

std::string refused(const std::string& option, const std::string& value) {
    const auto options = parse({option, value});
    CAPTURE(option, value);
    REQUIRE_FALSE(options);
    const std::string& sentence = options.error().sentence;
    CHECK(sentence.starts_with(option + " does not take \""));
    CHECK(sentence.find("it takes ") != std::string::npos);
    return sentence;
}

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("site options: a header is for every path, or for those behind a prefix", "[app][options]") {
    const auto rules =
        accepted("--header", {"X-Frame-Options: DENY", "/private/ Referrer-Policy:no-referrer", "/a Link: </x>; rel=y"})
            .headers;
    REQUIRE(rules.size() == 3);
    CHECK(rules[0].path_prefix == "/");
    CHECK(rules[0].name == "X-Frame-Options");
    CHECK(rules[0].value == "DENY");
    CHECK(rules[1].path_prefix == "/private/");
    CHECK(rules[1].name == "Referrer-Policy");
    CHECK(rules[1].value == "no-referrer");
    CHECK(rules[2].path_prefix == "/a");
    CHECK(rules[2].value == "</x>; rel=y");
}

TEST_CASE("site options: a header that is no field is refused", "[app][options]") {
    CHECK(contains(refused("--header", "X-Frame-Options"), "no colon"));
    CHECK(contains(refused("--header", "/private/"), "no field behind the prefix"));
    CHECK(contains(refused("--header", ": x"), "no field name"));
    CHECK(contains(refused("--header", "X Y: z"), "\"X Y\" is no field name"));
    CHECK(contains(refused("--header", "X-Name : z"), "no field name"));
    CHECK(contains(refused("--header", "X:"), "empty"));
    CHECK(contains(refused("--header", "X: a\r\nSet-Cookie: b"), "control byte"));
    CHECK(contains(refused("--header", "X: a\nb"), "control byte"));
    CHECK(contains(refused("--header", "X: " + std::string(5000, 'a')), "longer than 4096 bytes"));
}

TEST_CASE("site options: the server's own fields are refused, with the option that sets them", "[app][options]") {
    for (const char* name :
         {"Content-Length", "transfer-encoding", "CONNECTION", "Date", "Server", "ETag", "Last-Modified", "Trailer",
          "Upgrade", "Content-Encoding", "Upload-Offset", "Keep-Alive"}) {
        CAPTURE(name);
        CHECK(contains(refused("--header", std::string(name) + ": x"), "the server sets "));
    }
    CHECK(contains(refused("--header", "Cache-Control: no-store"), "--cache-control sets Cache-Control"));
    CHECK(contains(refused("--header", "Content-Type: text/x"), "--mime-types sets Content-Type"));
    CHECK(contains(refused("--header", "Access-Control-Allow-Origin: *"), "--cors sets"));
}

TEST_CASE("site options: cache rules keep their order", "[app][options]") {
    const auto rules =
        accepted("--cache-control", {"/assets/*=public, max-age=31536000, immutable", "*.html=no-cache"}).cache_rules;
    REQUIRE(rules.size() == 2);
    CHECK(rules[0].pattern == "/assets/*");
    CHECK(rules[0].value == "public, max-age=31536000, immutable");
    CHECK(rules[1].pattern == "*.html");
    CHECK(rules[1].value == "no-cache");
    CHECK(contains(refused("--cache-control", "*.css"), "no = behind the pattern"));
    CHECK(contains(refused("--cache-control", "=no-cache"), "the pattern is empty"));
    CHECK(contains(refused("--cache-control", "assets/*=no-cache"), "\"/assets/*\""));
    CHECK(contains(refused("--cache-control", "*="), "is no value of Cache-Control"));
    CHECK(contains(refused("--cache-control", "*=a\r\nX: y"), "is no value of Cache-Control"));
}

TEST_CASE("site options: an error page is for one code that godwit answers", "[app][options]") {
    const auto pages = accepted("--error-page", {"404=/404.html", "503=errors/busy.html"}).error_pages;
    REQUIRE(pages.size() == 2);
    CHECK(pages[0].status == http::Status::not_found);
    CHECK(pages[0].path == "/404.html");
    CHECK(pages[1].status == http::Status::service_unavailable);
    CHECK(pages[1].path == "/errors/busy.html");
    CHECK(contains(refused("--error-page", "404"), "no = behind the code"));
    CHECK(contains(refused("--error-page", "200=/x.html"), "from 400 to 599"));
    CHECK(contains(refused("--error-page", "4o4=/x.html"), "from 400 to 599"));
    CHECK(contains(refused("--error-page", "418=/x.html"), "godwit never answers 418"));
    for (const char* path : {"", "/", "errors/", "../x.html", "/a/../../x.html", "/.secret", "a//b.html"}) {
        CHECK(contains(refused("--error-page", std::string("404=") + path), "the file's path"));
    }
    const auto twice = parse({"--error-page", "404=/a.html", "--error-page", "404=/b.html"});
    REQUIRE_FALSE(twice);
    CHECK(contains(twice.error().sentence, "this code has a page already"));
}

TEST_CASE("site options: an origin is written as browsers send it", "[app][options]") {
    const auto cors = accepted("--cors", {"https://app.example", "http://localhost:5173", "http://[::1]:8044"}).cors;
    CHECK(cors.on());
    CHECK(cors.allows("https://app.example"));
    CHECK(cors.allows("http://localhost:5173"));
    CHECK_FALSE(cors.allows("http://app.example"));
    CHECK_FALSE(cors.allows("https://app.example.evil.example"));
    CHECK_FALSE(cors.any_origin);
    CHECK(accepted("--cors", {"*"}).cors.allows("https://whoever.example"));
    CHECK(contains(refused("--cors", "app.example"), "begins with http:// or https://"));
    CHECK(contains(refused("--cors", "null"), "begins with http:// or https://"));
    CHECK(contains(refused("--cors", "https://app.example/"), "ends behind the host or port"));
    CHECK(contains(refused("--cors", "https://"), "is no host"));
    CHECK(contains(refused("--cors", "https://a b"), "is no host"));
    CHECK(contains(refused("--cors", "https://App.example"), "lower case"));
    CHECK(contains(refused("--cors", "https://app.example:443"), "leave out the port"));
    CHECK(contains(refused("--cors", "http://app.example:80"), "leave out the port"));
}

TEST_CASE("site options: there are at most 64 rules of a kind", "[app][options]") {
    std::vector<std::string> words;
    for (std::size_t i = 0; i <= app::kMaxRules; ++i) {
        words.insert(words.end(), {"--header", "X-" + std::to_string(i) + ": y"});
    }
    const auto options = parse(words);
    REQUIRE_FALSE(options);
    CHECK(contains(options.error().sentence, "there are 64 of them already"));
}

TEST_CASE("site options: a star is any host", "[app][options]") {
    CHECK(accepted("--allowed-host", {"*"}).answers_any_host);
    CHECK_FALSE(accepted("--allowed-host", {"a"}).answers_any_host);
}

TEST_CASE("site options: uploads are trusted when the operator says so", "[app][options]") {
    const auto confines = [](const std::vector<std::string>& words) {
        const auto options = parse(words);
        REQUIRE(options);
        return options->site.confines_pages();
    };
    CHECK(confines({"--allow-upload"}));
    CHECK_FALSE(confines({"--allow-upload", "--trust-uploads"}));
    CHECK_FALSE(confines({"--allow-delete"}));
}

TEST_CASE("site options: an allowed host is a name or an address, without a port", "[app][options]") {
    const auto hosts =
        accepted("--allowed-host", {"Files.Example", "127.0.0.1", "[::1]", "FE80::1", "localhost"}).allowed_hosts;
    CHECK(hosts == std::vector<std::string>{"files.example", "127.0.0.1", "[::1]", "[fe80::1]", "localhost"});
    for (const char* text : {"", "a b", "http://files.example", "files.example/", "[::1", "::g", "a:b:c", "x@y"}) {
        CHECK(contains(refused("--allowed-host", text), "no host name"));
    }
    for (const char* text : {"files.example:80", "127.0.0.1:4221", "[::1]:80", "files.example:"}) {
        CHECK(contains(refused("--allowed-host", text), "leave it out"));
    }
}

TEST_CASE("site options: --charset and --coding-by-name", "[app]") {
    const auto charsets = accepted("--charset", {"utf-16", "/old/ iso-8859-1"}).charsets;
    REQUIRE(charsets.size() == 2);
    CHECK(charsets[0].path_prefix == "/");
    CHECK(charsets[0].charset == "utf-16");
    CHECK(charsets[1].path_prefix == "/old/");
    CHECK(charsets[1].charset == "iso-8859-1");
    CHECK(contains(refused("--charset", "a b"), "no charset"));
    CHECK(contains(refused("--charset", "/old/"), "behind the prefix"));
    for (const auto text : {"gz", "js", "js.zip", ".gz", "js.gz,,"}) {
        CHECK(contains(refused("--coding-by-name", text), "no such name"));
    }
}

TEST_CASE("site options: grants decide by path, and --allow-* are short for a line about the root", "[app][options]") {
    const auto lines = [](const std::vector<std::string>& words) {
        std::string text;
        const auto options = parse(words);
        REQUIRE(options);
        for (const access_control::Grant& grant : options->grants) text += grant.text() + "\n";
        return text;
    };
    CHECK(lines({"--allow-all"}).empty());
    CHECK(lines({"--grant", "/inbox * create"}) == "/ * read list\n/inbox * create\n");
    CHECK(lines({"--grant", "/a + write", "--allow-upload", "--users", "u"}) ==
          "/ * read list create\n/a + create replace\n");
    CHECK(lines({"--grant", "/ alice read", "--allow-delete", "--users", "u"}) == "/ alice read\n/ * delete\n");
    CHECK(lines({"--grant", "/ * none"}) == "/ * none\n");
    const auto options = parse({"--grant", "/inbox * create"});
    CHECK(options->site.allow_upload);
    CHECK_FALSE(options->site.allow_replace);
    CHECK(options->site.symlinks == storage::Symlinks::none);
}

TEST_CASE("site options: a grant says what is wrong with it", "[app][options]") {
    CHECK(refused("--grant", "/a alice")
              .starts_with("--grant does not take \"/a alice\": a grant is a path, who, and rights; it takes "));
    refused("--grant", "a * read");
    refused("--grant", "/a/../b * read");
    refused("--grant", "/a * fly");
    CHECK(parse({"--grant", "/ * read", "--symlinks", "inside"}).error().sentence.starts_with("--symlinks other than"));
    CHECK(parse({"--grant", "/ * read", "--symlinks", "none"}));
}
