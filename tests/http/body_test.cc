// Lengths of bodies, and their memory.
#include "http/body.h"

#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "http/response.h"
#include "support/catch.h"

namespace {

struct NoSource final : http::BodySource {
    Pulled pull(std::span<std::byte> /*into*/) override { return {Outcome::finished}; }
    [[nodiscard]] std::size_t memory_bytes() const override { return 77; }
};

}  // namespace

TEST_CASE("body: the length of a piece is that of its text, its bytes or its part of a file", "[http][body]") {
    const std::array<std::byte, 5> bytes{};
    CHECK(http::piece_bytes(http::Piece(std::string("abc"))) == 3);
    CHECK(http::piece_bytes(http::Piece(http::Blob{nullptr, bytes})) == 5);
    CHECK(http::piece_bytes(http::Piece(http::FileSlice{nullptr, 1'000, 7})) == 7);
}

TEST_CASE("body: pieces have the sum of their lengths, and a source has none", "[http][body]") {
    CHECK(http::body_bytes(http::Body()) == 0U);
    CHECK(http::body_bytes(http::Piece(std::string("abc"))) == 3U);
    std::vector<http::Piece> pieces;
    pieces.emplace_back(std::string("abc"));
    pieces.emplace_back(http::FileSlice{nullptr, 0, 5'000'000'000});
    CHECK(http::body_bytes(http::Body(std::move(pieces))) == 5'000'000'003U);
    CHECK(http::body_bytes(http::Body(std::vector<http::Piece>())) == 0U);
    const http::Body source = std::make_unique<NoSource>();
    CHECK_FALSE(http::body_bytes(source).has_value());
    CHECK(http::is_source(source));
    CHECK_FALSE(http::is_source(http::Piece(std::string())));
}

TEST_CASE("body: its memory is that of texts, of shared bytes and of its source", "[http][body]") {
    CHECK(http::memory_bytes(http::Body()) == 0);
    CHECK(http::memory_bytes(http::Piece(std::string(1'000, 'a'))) >= 1'000);
    CHECK(http::memory_bytes(http::Piece(http::FileSlice{nullptr, 0, 5'000'000'000})) == 0);
    const auto owner = std::make_shared<const std::string>(6'000, 'b');
    const auto bytes = std::as_bytes(std::span(*owner));
    // Beside the one owner here.
    CHECK(http::memory_bytes(http::Piece(http::Blob{owner, bytes})) == 6'000);
    std::vector<http::Piece> pieces;
    pieces.emplace_back(http::Blob{owner, bytes.first(2'000)});
    pieces.emplace_back(http::Blob{owner, bytes.subspan(2'000)});
    CHECK(http::memory_bytes(http::Body(std::move(pieces))) >= 6'000);
    CHECK(http::memory_bytes(http::Body(std::make_unique<NoSource>())) == 77);
}
