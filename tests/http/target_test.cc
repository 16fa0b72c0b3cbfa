// Request-targets, hosts and the way back from a path to a target.
#include "http/target.h"

#include <string>

#include "support/catch.h"
#include "support/feed.h"

using http::Target;
using http::TargetError;

namespace {

/// Parses `raw` inside a longer text, so that slices have an offset.
struct Parsed {
    explicit Parsed(const std::string& raw, bool is_options = false) : text("GET " + raw) {
        error = http::parse_target(text, {4, static_cast<std::uint32_t>(raw.size())}, is_options, target);
    }
    std::string text;
    Target target;
    TargetError error;
};

std::string path_of(const std::string& raw) {
    const Parsed parsed(raw);
    CHECK(parsed.error == TargetError::none);
    return parsed.target.path;
}

TargetError error_of(const std::string& raw, bool is_options = false) { return Parsed(raw, is_options).error; }

}  // namespace

TEST_CASE("target: a plain path stays as it is", "[http][target]") {
    for (const char* raw :
         {"/", "/a", "/a/b.txt", "/a/", "/a..b/c.", "/.hidden", "/...", "/a\"b|{}^`\\<>", "/\xC3\xA9"}) {
        CHECK(path_of(raw) == raw);
    }
}

TEST_CASE("target: escapes are decoded once", "[http][target]") {
    CHECK(path_of("/a%20b") == "/a b");
    CHECK(path_of("/%41%6a%6A") == "/Ajj");
    CHECK(path_of("/%252e%252E") == "/%2e%2E");
    CHECK(path_of("/%3F%23") == "/?#");
    CHECK(path_of("/%c0%ae%FF") == "/\xC0\xAE\xFF");
}

TEST_CASE("target: an escape is a percent sign and two digits", "[http][target]") {
    for (const char* raw : {"/%", "/%4", "/%zz", "/%4g", "/a%%20", "/%u002e", "/% 41"}) {
        CAPTURE(raw);
        CHECK(error_of(raw) != TargetError::none);
    }
    CHECK(error_of("/a%2") == TargetError::bad_escape);
}

TEST_CASE("target: an escaped slash stays escaped, and the target says that it has one", "[http][target]") {
    CHECK(path_of("/a%2fb/..") == "/");
    CHECK(path_of("/a%2Fb") == "/a%2Fb");
    CHECK(Parsed("/a%2Fb").target.has_escaped_slash);
    CHECK_FALSE(Parsed("/a%252Fb").target.has_escaped_slash);
}

TEST_CASE("target: an escaped NUL is refused", "[http][target]") {
    CHECK(error_of("/a%00.txt") == TargetError::escaped_nul);
    CHECK(path_of("/a%5Cb") == "/a\\b");
}

TEST_CASE("target: dot-segments and runs of slashes are removed", "[http][target]") {
    CHECK(path_of("//") == "/");
    CHECK(path_of("///a//b///") == "/a/b/");
    CHECK(path_of("/.") == "/");
    CHECK(path_of("/./") == "/");
    CHECK(path_of("/a/.") == "/a/");
    CHECK(path_of("/a/./b") == "/a/b");
    CHECK(path_of("/a/..") == "/");
    CHECK(path_of("/a/../") == "/");
    CHECK(path_of("/a/b/../c") == "/a/c");
    CHECK(path_of("/a/b/..") == "/a/");
    CHECK(path_of("/a/%2e%2E/b") == "/b");
    CHECK(path_of("/a/.%2e/b/%2e") == "/b/");
    CHECK(path_of("//evil.example/..") == "/");
    CHECK(path_of("/a//../b") == "/b");
    CHECK(path_of("/a/.../b") == "/a/.../b");
    CHECK(path_of("/a/..;/b") == "/a/..;/b");
}

TEST_CASE("target: what climbs above the root is refused", "[http][target]") {
    for (const char* raw : {"/..", "/../", "/../a", "/a/../..", "/a/../../b", "/%2e%2e", "/.%2e/a", "/./../", "//..",
                            "/a//../..", "http://h/../a"}) {
        CAPTURE(raw);
        CHECK(error_of(raw) == TargetError::climbs);
    }
}

TEST_CASE("target: a path is read alike wherever its bytes stand", "[http][target]") {
    // Eight bytes are looked at together, so each part is tried at every distance from the front and from the end.
    for (std::size_t front = 0; front <= 17; ++front) {
        for (std::size_t back = 0; back <= 9; ++back) {
            const std::string before = "/" + std::string(front, 'a');
            const std::string behind(back, 'b');
            CAPTURE(front, back);
            CHECK(path_of(before + "/" + behind) == (front == 0 ? "/" + behind : before + "/" + behind));
            CHECK(path_of(before + "." + behind) == (front + back == 0 ? "/" : before + "." + behind));
            CHECK(path_of(before + "x//" + behind) == before + "x/" + behind);
            CHECK(path_of(before + "x/./" + behind) == before + "x/" + behind);
            CHECK(path_of(before + "x/../" + behind) == "/" + behind);
            CHECK(path_of(before + "%41" + behind) == before + "A" + behind);
            CHECK(path_of(before + "\xC3\xA9" + behind) == before + "\xC3\xA9" + behind);
            const Parsed asked(before + "?" + behind);
            CHECK(asked.target.path == before);
            CHECK(asked.target.query.of(asked.text) == behind);
            for (const char* refused : {" ", "#", "\x7F", "\t", "\x01"}) {
                CHECK(error_of(before + refused + behind) == TargetError::bad_byte);
            }
        }
    }
}

TEST_CASE("target: control bytes, spaces and fragments are refused", "[http][target]") {
    for (int byte = 0; byte <= 0x20; ++byte) {
        CAPTURE(byte);
        CHECK(error_of(std::string("/a") + static_cast<char>(byte) + "b") == TargetError::bad_byte);
        CHECK(error_of(std::string("/a?") + static_cast<char>(byte)) == TargetError::bad_byte);
    }
    CHECK(error_of("/a\x7F") == TargetError::bad_byte);
    CHECK(error_of("/a#b") == TargetError::bad_byte);
    CHECK(error_of("/a?b#c") == TargetError::bad_byte);
}

TEST_CASE("target: the query is kept apart and as it was sent", "[http][target]") {
    const Parsed parsed("/a%20b?x=%zz&y=/../?z");
    REQUIRE(parsed.error == TargetError::none);
    CHECK(parsed.target.path == "/a b");
    CHECK(parsed.target.has_query);
    CHECK(parsed.target.query.of(parsed.text) == "x=%zz&y=/../?z");
    const Parsed empty("/a?");
    CHECK(empty.target.has_query);
    CHECK(empty.target.query.length == 0);
    CHECK_FALSE(Parsed("/a").target.has_query);
}

TEST_CASE("target: the absolute form has an authority and a path", "[http][target]") {
    const Parsed parsed("HTTP://example.com:8080/a/../b?q");
    REQUIRE(parsed.error == TargetError::none);
    CHECK(parsed.target.form == Target::Form::absolute);
    CHECK(parsed.target.authority.of(parsed.text) == "example.com:8080");
    CHECK(parsed.target.path == "/b");
    CHECK(parsed.target.query.of(parsed.text) == "q");
    CHECK(path_of("http://h") == "/");
    const Parsed query_only("http://h?a=b");
    CHECK(query_only.target.path == "/");
    CHECK(query_only.target.query.of(query_only.text) == "a=b");
    CHECK(Parsed("http://[::1]:80/x").target.path == "/x");
}

TEST_CASE("target: what is neither path, http URI nor asterisk is refused", "[http][target]") {
    CHECK(error_of("") == TargetError::empty);
    for (const char* raw : {"a", "a/b", "?x", "http:", "http:/a", "http", "%2F", ".", "\\a", "://h/"}) {
        CAPTURE(raw);
        CHECK(error_of(raw) == TargetError::not_a_path);
    }
    CHECK(error_of("example.org:80") == TargetError::authority_form);
    CHECK(error_of("[::1]:443") == TargetError::authority_form);
    CHECK(error_of("ftp://h/") == TargetError::other_scheme);
    for (const char* raw :
         {"http:///a", "http://u@h/", "http://u:p@h/", "http://:80/", "http://h:x/", "http://a b/", "http://[::1/"}) {
        CAPTURE(raw);
        CHECK(error_of(raw) == TargetError::bad_authority);
    }
}

TEST_CASE("target: an absolute one says its scheme", "[http][target]") {
    CHECK(Parsed("https://h/x").target.is_https);
    CHECK(Parsed("HttpS://h/x").target.is_https);
    CHECK_FALSE(Parsed("http://h/x").target.is_https);
    CHECK_FALSE(Parsed("/https://h/x").target.is_https);
}

TEST_CASE("target: the asterisk is for OPTIONS", "[http][target]") {
    CHECK(error_of("*") == TargetError::asterisk_form);
    const Parsed parsed("*", true);
    CHECK(parsed.error == TargetError::none);
    CHECK(parsed.target.form == Target::Form::asterisk);
    CHECK(parsed.target.path == "*");
    CHECK(error_of("*a", true) == TargetError::not_a_path);
}

TEST_CASE("target: every error has a sentence", "[http][target]") {
    for (int i = 1; i <= static_cast<int>(TargetError::https_scheme); ++i) {
        CHECK_FALSE(http::target_error_text(static_cast<TargetError>(i)).empty());
    }
}

TEST_CASE("target: clearing leaves nothing of the one before", "[http][target]") {
    Parsed parsed("http://h/a?b");
    parsed.target.clear();
    CHECK(parsed.target.form == Target::Form::origin);
    CHECK(parsed.target.path.empty());
    CHECK_FALSE(parsed.target.has_query);
    CHECK(parsed.target.authority.length == 0);
}

TEST_CASE("host: names, addresses and ports", "[http][target]") {
    for (const char* host :
         {"a", "foo-bar_baz.com", "foo.com.", "127.0.0.1", "0", "a:", "a:80", "a:65535", "[::1]", "[::]:80",
          "[1:2:3:4:5:6:7:8]", "[::ffff:1.2.3.4]", "[1::8]", "x%20y", "a!b", "xn--e1afmkfd.org"}) {
        CAPTURE(host);
        CHECK(http::is_valid_host(host, false));
    }
    for (const char* host : {"a b",
                             "a/b",
                             "a@b",
                             "a?b",
                             "a#b",
                             "a\"b",
                             "a\\b",
                             "a:b",
                             "a:80:80",
                             "a:-1",
                             "a:123456",
                             ":80",
                             ".",
                             "..",
                             ".a",
                             "a..b",
                             "-a",
                             "a.-b",
                             "[::1",
                             "::1",
                             "[::1]x",
                             "[::1]:x",
                             "[]",
                             "[:]",
                             "[:::]",
                             "[1::2::3]",
                             "[1:2]",
                             "[1:2:3:4:5:6:7:8:9]",
                             "[12345::]",
                             "[::1.2.3]",
                             "[::1.2.3.256]",
                             "[fe80::1%25eth0]",
                             "a%zz",
                             "a%2",
                             "\xFF",
                             "a\x01",
                             "[1:2:3:4:5:6:7:8::]",
                             "[1:]",
                             "[g::]"}) {
        CAPTURE(host);
        CHECK_FALSE(http::is_valid_host(host, false));
    }
    CHECK(http::is_valid_host("", true));
    CHECK_FALSE(http::is_valid_host("", false));
}

TEST_CASE("encode path: escapes what is not a path's, and decodes to the same", "[http][target]") {
    CHECK(http::encode_path("/a b\r\n?#%\"<>\\^`{|}\xC3\xA9") ==
          "/a%20b%0D%0A%3F%23%25%22%3C%3E%5C%5E%60%7B%7C%7D%C3%A9");
    CHECK(http::encode_path("/-._~!$&'()*+,;=:@/") == "/-._~!$&'()*+,;=:@/");
    CHECK(http::encode_path("//evil.example/") == "/evil.example/");
    std::string all = "/";
    for (int byte = 1; byte < 256; ++byte) all += byte == '/' ? 'x' : static_cast<char>(byte);
    CHECK(path_of(http::encode_path(all)) == all);
}
