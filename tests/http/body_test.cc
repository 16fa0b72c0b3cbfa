// Lengths of bodies.
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
