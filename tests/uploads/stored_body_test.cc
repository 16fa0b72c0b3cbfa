// Digests of bodies that lie in files, and of which nobody announced a digest.
#include "uploads/stored_body.h"

#include <fcntl.h>
#include <unistd.h>

#include <string>
#include <utility>

#include "base/fd.h"
#include "support/catch.h"
#include "support/parsed_request.h"

namespace {

constexpr std::string_view kHello = "hello world\n";
const std::string kHello256 = "Content-Digest: sha-256=:qUiQTy8PR5uPgZdpSzAYSw0u0cHNKh7A+4XSmaGSpEc=:\r\n";

handler::BodyDigests unannounced() {
    const ParsedRequest request("PUT", "/a", "Transfer-Encoding: chunked\r\n");
    auto made = handler::BodyDigests::of(request.get());
    REQUIRE(made.has_value());
    return std::move(*made);
}

base::Fd file_of(std::string_view text) {
    base::Fd file(::open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
    REQUIRE(::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    return file;
}

}  // namespace

TEST_CASE("stored body: an unannounced trailer is checked from where the body begins", "[uploads][digests]") {
    if (!storage::has_digests()) return;
    const std::string before = "what an earlier request brought";
    const base::Fd file = file_of(before + std::string(kHello));
    const std::uint64_t end = before.size() + kHello.size();
    auto right = unannounced();
    CHECK_FALSE(uploads::check_digests(right, kHello256, {file.get(), before.size(), end}));
    auto wrong = unannounced();
    const auto refusal = uploads::check_digests(wrong, kHello256, {file.get(), 0, end});
    REQUIRE(refusal.has_value());
    CHECK(refusal->status == http::Status::bad_request);
}

TEST_CASE("stored body: a digest behind a long body has to be announced", "[uploads][digests]") {
    if (!storage::has_digests()) return;
    const base::Fd file = file_of("");
    auto digests = unannounced();
    const auto refusal = uploads::check_digests(digests, kHello256, {file.get(), 0, 9 << 20});
    REQUIRE(refusal.has_value());
    CHECK(refusal->reason.find("Trailer: Content-Digest") != std::string_view::npos);
}
