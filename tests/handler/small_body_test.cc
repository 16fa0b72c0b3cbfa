// Small bodies: their bound, their digests, their codings.
#include "handler/small_body.h"

#include <optional>
#include <string>
#include <utility>

#include "storage/digest.h"
#include "support/catch.h"
#include "support/parsed_request.h"
#include "support/write_site.h"

using handler::SmallBody;

namespace {

constexpr std::string_view kHello = "hello world\n";
const std::string kHello256 = "sha-256=:qUiQTy8PR5uPgZdpSzAYSw0u0cHNKh7A+4XSmaGSpEc=:";
const std::string kOther256 = "sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:";

std::expected<SmallBody, http::Response> body_of(std::string_view lines, std::size_t limit_bytes = 100) {
    const ParsedRequest request("POST", "/a", lines);
    return SmallBody::of(request.get(), limit_bytes);
}

/// What comes of kHello: the body, or the status of the refusal.
std::string take(std::string_view lines, std::string_view trailers = {}) {
    auto body = body_of(lines);
    if (!body) return std::to_string(http::code(body.error().status));
    REQUIRE(body->write(support::bytes(kHello.substr(0, 5))).has_value());
    REQUIRE(body->write(support::bytes(kHello.substr(5))).has_value());
    auto whole = body->finish(trailers);
    return whole ? *whole : std::to_string(http::code(whole.error().status));
}

}  // namespace

TEST_CASE("small body: takes up to its bound", "[handlers][memory]") {
    auto body = body_of("", 5);
    REQUIRE(body.has_value());
    CHECK(body->write(support::bytes("abc")).has_value());
    CHECK(body->write(support::bytes("de")).has_value());
    CHECK(body->memory_bytes() >= 5);
    const auto refused = body->write(support::bytes("f"));
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().status == http::Status::content_too_large);
    CHECK(body->finish({}) == "abcde");
}

TEST_CASE("small body: has the digests that its head states, or is 400", "[handlers][digests]") {
    if (!storage::has_digests()) return;
    CHECK(take("") == kHello);
    for (const std::string name : {"Content-Digest: ", "Repr-Digest: "}) {
        CHECK(take(name + kHello256 + "\r\n") == kHello);
        CHECK(take(name + kOther256 + "\r\n") == "400");
        CHECK(take(name + "nonsense==\r\n") == "400");
    }
}

TEST_CASE("small body: has the digests of its trailer as well, announced or not", "[handlers][digests]") {
    if (!storage::has_digests()) return;
    for (const std::string announced : {"Trailer: Content-Digest\r\n", ""}) {
        const std::string lines = "Transfer-Encoding: chunked\r\n" + announced;
        CHECK(take(lines, "Content-Digest: " + kHello256 + "\r\n") == kHello);
        CHECK(take(lines, "X: 1\r\nContent-Digest: " + kOther256 + "\r\n") == "400");
        CHECK(take(lines, "Content-Digest: nonsense==\r\n") == "400");
    }
}

TEST_CASE("small body: a coded one is refused before it is read", "[handlers][coding]") {
    const auto refused = body_of("Content-Encoding: gzip\r\n");
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().status == http::Status::unsupported_media_type);
    CHECK(refused.error().find("Accept-Encoding") == "identity");
}
