// Requests from the fields of HTTP/2, by the rules and with the words of HTTP/1.
#include "http/head_builder.h"

#include <string>
#include <utility>
#include <vector>

#include "http/limits.h"
#include "http/request_rules.h"
#include "support/catch.h"

namespace {

using FieldPairs = std::vector<std::pair<std::string, std::string>>;

struct Built {
    http::HeadBuilder builder;
    http::Request request;
    std::optional<http::Refusal> refusal;

    explicit Built(const FieldPairs& fields, bool has_end = true) {
        for (const auto& [name, value] : fields) builder.add(name, value, request);
        refusal = builder.finish(has_end, request);
    }
    [[nodiscard]] int status() const { return refusal ? http::code(refusal->status) : 0; }
};

FieldPairs head(std::string_view method, std::string_view path, const FieldPairs& more = {}) {
    FieldPairs fields{{":method", std::string(method)},
                      {":scheme", "http"},
                      {":path", std::string(path)},
                      {":authority", "files.example"}};
    fields.insert(fields.end(), more.begin(), more.end());
    return fields;
}

}  // namespace

TEST_CASE("head builder: fields of HTTP/2 make the request that HTTP/1 would have made", "[http][http2]") {
    const Built built(head("GET", "/a%20b?x=1", {{"accept", "text/html"}, {"x-own", "1"}}));
    REQUIRE_FALSE(built.refusal);
    CHECK(built.request.major_version == 2);
    CHECK(built.request.method == http::Method::get);
    CHECK(built.request.method_text.of(built.request.text) == "GET");
    CHECK(built.request.target_text.of(built.request.text) == "/a%20b?x=1");
    CHECK(built.request.path() == "/a b");
    CHECK(built.request.query() == "x=1");
    CHECK(built.request.find(http::FieldName::host) == "files.example");
    CHECK(built.request.find(http::FieldName::accept) == "text/html");
    CHECK_FALSE(built.request.has_body());
}

TEST_CASE("head builder: the body's length is said, or comes with the last frame", "[http][http2]") {
    CHECK(Built(head("PUT", "/a", {{"content-length", "5"}}), false).request.body_length() == 5);
    const Built open(head("PUT", "/a"), false);
    CHECK(open.request.has_body());
    CHECK_FALSE(open.request.body_length().has_value());
    CHECK(Built(head("PUT", "/a", {{"content-length", "5"}, {"content-length", "5"}}), false).status() == 400);
    CHECK(Built(head("PUT", "/a", {{"content-length", "-1"}}), false).status() == 400);
}

TEST_CASE("head builder: targets are refused with the words of HTTP/1", "[http][http2]") {
    const std::vector<std::pair<std::string, http::TargetError>> cases{
        {"/a#b", http::TargetError::bad_byte},         {"/a b", http::TargetError::bad_byte},
        {"/%zz", http::TargetError::bad_escape},       {"/%00", http::TargetError::escaped_nul},
        {"/../x", http::TargetError::climbs},          {"*", http::TargetError::asterisk_form},
        {"http://a/b", http::TargetError::not_a_path}, {"", http::TargetError::not_a_path},
    };
    for (const auto& [path, error] : cases) {
        const Built built(head("GET", path));
        INFO(path);
        REQUIRE(built.refusal);
        CHECK(built.status() == 400);
        CHECK(built.refusal->reason == http::target_error_text(error));
    }
    CHECK(Built(head("OPTIONS", "*")).status() == 0);
    CHECK(Built(head("CONNECT", "")).status() == 501);
    FieldPairs other = head("GET", "/");
    other[1].second = "ftp";
    CHECK(Built(other).refusal->reason == http::target_error_text(http::TargetError::other_scheme));
}

TEST_CASE("head builder: the authority is a host, and the one that Host names", "[http][http2]") {
    const auto with_authority = [](std::string_view authority, const FieldPairs& more = {}) {
        FieldPairs fields = head("GET", "/", more);
        fields[3].second = authority;
        return Built(fields).status();
    };
    CHECK(with_authority("a:80") == 0);
    CHECK(with_authority("user@a") == 400);
    CHECK(with_authority("") == 400);
    CHECK(with_authority("a/b") == 400);
    CHECK(with_authority("a", {{"host", "A"}}) == 0);
    CHECK(with_authority("a", {{"host", "b"}}) == 400);
    CHECK(with_authority("a", {{"host", "a"}, {"host", "a"}}) == 400);
    CHECK(Built({{":method", "GET"}, {":scheme", "http"}, {":path", "/"}, {"host", "a"}}).status() == 0);
    CHECK(Built({{":method", "GET"}, {":scheme", "http"}, {":path", "/"}, {"host", "a@b"}}).status() == 400);
    CHECK(Built({{":method", "GET"}, {":scheme", "http"}, {":path", "/"}}).status() == 400);
}

TEST_CASE("head builder: the parts of a cookie are one field again", "[http][http2]") {
    const Built built(head("GET", "/", {{"cookie", "a=1"}, {"accept", "x/y"}, {"cookie", "b=2"}}));
    CHECK(built.request.fields.count(http::FieldName::cookie) == 1);
    CHECK(built.request.find(http::FieldName::cookie) == "a=1; b=2");
    CHECK(built.request.find(http::FieldName::accept) == "x/y");
}

TEST_CASE("head builder: the number of fields and the bytes of a head have the bounds of HTTP/1", "[http][http2]") {
    FieldPairs most;
    for (std::size_t i = 0; i + 1 < http::kMaxFields; ++i) most.emplace_back("x-" + std::to_string(i), "1");
    CHECK(Built(head("GET", "/", most)).status() == 0);
    most.emplace_back("x-more", "1");
    CHECK(Built(head("GET", "/", most)).status() == 431);
    CHECK(Built(head("GET", "/", {{"x-long", std::string(http::kMaxHeadBytes, 'x')}})).status() == 431);
    CHECK(Built(head("GET", "/" + std::string(http::kMaxTargetBytes, 'x'))).status() == 414);
    CHECK(Built(head(std::string(http::kMaxMethodBytes + 1, 'M'), "/")).status() == 501);
    const Built many(head("GET", "/", FieldPairs(300, {"x", "1"})));
    CHECK(many.builder.dropped() == 200);
    CHECK(many.refusal->reason == http::kTooManyFields);
}

TEST_CASE("head builder: a refused head still says its method, for an answer to HEAD", "[http][http2]") {
    const Built built(head("HEAD", "/a#b"));
    CHECK(built.status() == 400);
    CHECK(built.request.method == http::Method::head);
}

TEST_CASE("head builder: it is new after a reset", "[http][http2]") {
    Built built(head("GET", "/a#b"));
    built.builder.reset();
    built.request.clear();
    for (const auto& [name, value] : head("GET", "/c", {{"expect", "100-continue"}})) {
        built.builder.add(name, value, built.request);
    }
    CHECK_FALSE(built.builder.finish(false, built.request));
    CHECK(built.request.path() == "/c");
    CHECK(built.request.expects_continue);
}

TEST_CASE("head builder: a head that is too long by its pseudo-fields is refused, and what was left out is counted",
          "[http][http2]") {
    const std::string long_value(http::kMaxHeadBytes, 'x');
    const Built authority({{":method", "GET"}, {":scheme", "http"}, {":path", "/"}, {":authority", long_value}});
    CHECK(authority.status() == 431);
    CHECK(Built({{":method", "GET"}, {":path", "/"}, {":scheme", long_value}}).status() == 431);
}

TEST_CASE("head builder: pseudo-fields that are not known, and schemes that are not HTTP's, are refused",
          "[http][http2]") {
    CHECK(Built(head("GET", "/", {{":protocol", "websocket"}})).status() == 400);
    CHECK(Built({{":method", "GET"}, {":path", "/"}, {":authority", "a"}}).status() == 400);
    CHECK(Built({{":method", "GET"}, {":scheme", "ftp"}, {":path", "/"}, {":authority", "a"}}).status() == 400);
    CHECK(Built({{":method", "GET"}, {":scheme", "HTTPS"}, {":path", "/"}, {":authority", "a"}}).status() == 0);
}
