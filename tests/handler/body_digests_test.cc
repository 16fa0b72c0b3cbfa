// Digests that a client states and wants of a body, apart from any sink.
#include "handler/body_digests.h"

#include <string>
#include <utility>

#include "support/catch.h"
#include "support/parsed_request.h"

using handler::BodyDigests;

namespace {

constexpr std::string_view kHello = "hello world\n";
const std::string kHello256 = "sha-256=:qUiQTy8PR5uPgZdpSzAYSw0u0cHNKh7A+4XSmaGSpEc=:";
const std::string kOther256 = "sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:";

/// A body, and the digests of a request for it.
struct Body {
    explicit Body(std::string_view lines, BodyDigests::Covers covers = BodyDigests::Covers::whole) {
        const ParsedRequest request("PUT", "/a", lines);
        auto made = BodyDigests::of(request.get(), covers);
        REQUIRE(made.has_value());
        digests = std::move(*made);
        digests.update(std::as_bytes(std::span(kHello)));
    }
    /// The status of the refusal, or 0. The body comes again where that is asked for.
    int finish(std::string_view trailers = {}) {
        auto refusal = digests.take_trailers(trailers);
        if (!refusal && digests.lacks_some()) {
            digests.begin_again();
            digests.update(std::as_bytes(std::span(kHello)));
        }
        if (!refusal) refusal = digests.finish();
        return refusal ? http::code(refusal->status) : 0;
    }

    BodyDigests digests;
};

const std::string kChunked = "Transfer-Encoding: chunked\r\n";

}  // namespace

TEST_CASE("body digests: without a field there is nothing to hash", "[handlers][digests]") {
    Body body("Content-Length: 12\r\n");
    CHECK_FALSE(body.digests.any());
    CHECK(body.finish() == 0);
    CHECK(body.digests.repr_digest().empty());
}

TEST_CASE("body digests: every stated digest must be that of the body", "[handlers][digests]") {
    if (!storage::has_digests()) return;
    CHECK(Body("Content-Digest: " + kHello256 + "\r\n").finish() == 0);
    CHECK(Body("Repr-Digest: " + kHello256 + "\r\n").finish() == 0);
    CHECK(Body("Content-Digest: " + kOther256 + "\r\n").finish() == 400);
    CHECK(Body("Content-Digest: " + kHello256 + "\r\nRepr-Digest: " + kOther256 + "\r\n").finish() == 400);
    // Of an algorithm that nobody here knows nothing is said.
    CHECK(Body("Content-Digest: md5=:AAAAAAAAAAAAAAAAAAAAAA==:\r\n").finish() == 0);
}

TEST_CASE("body digests: one that cannot be understood is refused before the body", "[handlers][digests]") {
    if (!storage::has_digests()) return;
    const ParsedRequest request("PUT", "/a", "Content-Digest: sha-256=:AAAA:\r\n");
    const auto digests = BodyDigests::of(request.get());
    REQUIRE_FALSE(digests.has_value());
    CHECK(digests.error().status == http::Status::bad_request);
}

TEST_CASE("body digests: of a part only Content-Digest counts", "[handlers][digests]") {
    if (!storage::has_digests()) return;
    using Covers = BodyDigests::Covers;
    Body part("Repr-Digest: " + kOther256 + "\r\nWant-Repr-Digest: sha-256=1\r\n", Covers::part);
    CHECK_FALSE(part.digests.any());
    CHECK(part.finish() == 0);
    CHECK(part.digests.repr_digest().empty());
    CHECK(Body("Content-Digest: " + kOther256 + "\r\n", Covers::part).finish() == 400);
    CHECK(Body("", Covers::part).finish("Repr-Digest: " + kOther256 + "\r\n") == 0);
}

TEST_CASE("body digests: a digest in the trailer is checked, announced or not", "[handlers][digests]") {
    if (!storage::has_digests()) return;
    for (const std::string announced : {"Trailer: X, content-digest\r\n", ""}) {
        Body right(kChunked + announced);
        CHECK(right.digests.any() == !announced.empty());
        CHECK(right.finish("X: 1\r\nContent-Digest: " + kHello256 + "\r\n") == 0);
        CHECK(Body(kChunked + announced).finish("Content-Digest: " + kOther256 + "\r\n") == 400);
        CHECK(Body(kChunked + announced).finish("Content-Digest: nonsense==\r\n") == 400);
    }
}

TEST_CASE("body digests: of two digests in a trailer only what was not hashed is asked for again",
          "[handlers][digests]") {
    if (!storage::has_digests()) return;
    Body body(kChunked + "Content-Digest: " + kHello256 + "\r\n");
    CHECK_FALSE(body.digests.take_trailers("Repr-Digest: " + kHello256 + "\r\n"));
    CHECK_FALSE(body.digests.lacks_some());
    CHECK_FALSE(body.digests.take_trailers("Repr-Digest: sha-512=:" + std::string(86, 'A') + "==:\r\n"));
    CHECK(body.digests.lacks_some());
    CHECK(body.finish() == 400);
}

TEST_CASE("body digests: one that nobody hashed is never taken to be right", "[handlers][digests]") {
    if (!storage::has_digests()) return;
    Body body(kChunked);
    CHECK_FALSE(body.digests.take_trailers("Content-Digest: " + kHello256 + "\r\n"));
    const auto refusal = body.digests.finish();
    REQUIRE(refusal.has_value());
    CHECK(refusal->status == http::Status::internal_server_error);
}

TEST_CASE("body digests: a wanted digest is that of the body", "[handlers][digests]") {
    if (!storage::has_digests()) return;
    Body body("Want-Repr-Digest: sha-256=1\r\n");
    CHECK(body.digests.any());
    CHECK(body.finish() == 0);
    CHECK(body.digests.repr_digest() == kHello256);
}
