// Digests that an upload's client states and wants, apart from any sink.
#include "uploads/upload_digests.h"

#include <fcntl.h>
#include <unistd.h>

#include <string>
#include <utility>

#include "base/fd.h"
#include "support/catch.h"
#include "support/parsed_request.h"

using uploads::UploadDigests;

namespace {

constexpr std::string_view kHello = "hello world\n";
const std::string kHello256 = "sha-256=:qUiQTy8PR5uPgZdpSzAYSw0u0cHNKh7A+4XSmaGSpEc=:";
const std::string kOther256 = "sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:";

/// A body in a file, and the digests of a request for it.
struct Body {
    explicit Body(std::string_view lines, UploadDigests::Covers covers = UploadDigests::Covers::whole,
                  std::string_view text = kHello)
        : content(text), file(::open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600)) {
        const ParsedRequest request("PUT", "/a", lines);
        auto made = UploadDigests::of(request.get(), covers);
        REQUIRE(made.has_value());
        digests = std::move(*made);
        REQUIRE(::write(file.get(), content.data(), content.size()) == static_cast<ssize_t>(content.size()));
    }
    /// The status of the refusal, or 0.
    int finish(std::string_view trailers = {}, std::uint64_t begin = 0) {
        digests.update(std::as_bytes(std::span(std::string_view(content).substr(begin))));
        const auto refusal = digests.finish(trailers, file.get(), content.size(), begin);
        return refusal ? http::code(refusal->status) : 0;
    }

    std::string content;
    base::Fd file;
    UploadDigests digests;
};

const std::string kChunked = "Transfer-Encoding: chunked\r\n";

}  // namespace

TEST_CASE("upload digests: without a field there is nothing to hash", "[uploads][digests]") {
    Body body("Content-Length: 12\r\n");
    CHECK_FALSE(body.digests.any());
    CHECK(body.finish() == 0);
    CHECK(body.digests.repr_digest().empty());
}

TEST_CASE("upload digests: every stated digest must be that of the body", "[uploads][digests]") {
    if (!storage::has_digests()) return;
    CHECK(Body("Content-Digest: " + kHello256 + "\r\n").finish() == 0);
    CHECK(Body("Repr-Digest: " + kHello256 + "\r\n").finish() == 0);
    CHECK(Body("Content-Digest: " + kOther256 + "\r\n").finish() == 400);
    CHECK(Body("Content-Digest: " + kHello256 + "\r\nRepr-Digest: " + kOther256 + "\r\n").finish() == 400);
    // Of an algorithm that nobody here knows nothing is said.
    CHECK(Body("Content-Digest: md5=:AAAAAAAAAAAAAAAAAAAAAA==:\r\n").finish() == 0);
}

TEST_CASE("upload digests: one that cannot be understood is refused before the body", "[uploads][digests]") {
    if (!storage::has_digests()) return;
    const ParsedRequest request("PUT", "/a", "Content-Digest: sha-256=:AAAA:\r\n");
    const auto digests = UploadDigests::of(request.get());
    REQUIRE_FALSE(digests.has_value());
    CHECK(digests.error().status == http::Status::bad_request);
}

TEST_CASE("upload digests: of a part only Content-Digest counts", "[uploads][digests]") {
    if (!storage::has_digests()) return;
    using Covers = UploadDigests::Covers;
    Body part("Repr-Digest: " + kOther256 + "\r\nWant-Repr-Digest: sha-256=1\r\n", Covers::part);
    CHECK_FALSE(part.digests.any());
    CHECK(part.finish() == 0);
    CHECK(part.digests.repr_digest().empty());
    CHECK(Body("Content-Digest: " + kOther256 + "\r\n", Covers::part).finish() == 400);
    CHECK(Body("", Covers::part).finish("Repr-Digest: " + kOther256 + "\r\n") == 0);
}

TEST_CASE("upload digests: a digest in the trailer is checked, announced or not", "[uploads][digests]") {
    if (!storage::has_digests()) return;
    for (const std::string announced : {"Trailer: X, content-digest\r\n", ""}) {
        Body right(kChunked + announced);
        CHECK(right.digests.any() == !announced.empty());
        CHECK(right.finish("X: 1\r\nContent-Digest: " + kHello256 + "\r\n") == 0);
        CHECK(Body(kChunked + announced).finish("Content-Digest: " + kOther256 + "\r\n") == 400);
        CHECK(Body(kChunked + announced).finish("Content-Digest: nonsense==\r\n") == 400);
    }
}

TEST_CASE("upload digests: an unannounced trailer is read back from where the body begins", "[uploads][digests]") {
    if (!storage::has_digests()) return;
    const std::string before = "what an earlier request brought";
    Body body(kChunked, UploadDigests::Covers::part, before + std::string(kHello));
    CHECK(body.finish("Content-Digest: " + kHello256 + "\r\n", before.size()) == 0);
}

TEST_CASE("upload digests: an unannounced trailer behind a long body is refused, and read back it is not",
          "[uploads][digests]") {
    if (!storage::has_digests()) return;
    Body body(kChunked, UploadDigests::Covers::whole, "");
    const auto refusal = body.digests.finish("Content-Digest: " + kHello256 + "\r\n", body.file.get(), 9 << 20);
    REQUIRE(refusal.has_value());
    CHECK(refusal->reason.find("Trailer: Content-Digest") != std::string_view::npos);
}

TEST_CASE("upload digests: a wanted digest is that of the body", "[uploads][digests]") {
    if (!storage::has_digests()) return;
    Body body("Want-Repr-Digest: sha-256=1\r\n");
    CHECK(body.digests.any());
    CHECK(body.finish() == 0);
    CHECK(body.digests.repr_digest() == kHello256);
}
