// What the encoder gives: heads, trailers, and the same bytes however it is fed.
#include "media/deflate_encoder.h"

#include <string>

#include "support/catch.h"
#include "support/temp_dir.h"

using media::DeflateEncoder;
using Input = DeflateEncoder::Input;
using Bytes = std::vector<std::byte>;

namespace {

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

Bytes encode_in_slices(std::string_view text, std::size_t in_bytes, std::size_t out_bytes) {
    DeflateEncoder encoder(DeflateEncoder::Format::gzip, 6);
    Bytes result;
    Bytes room(out_bytes);
    std::size_t at = 0;
    for (;;) {
        const auto slice = bytes_of(text).subspan(at, std::min(in_bytes, text.size() - at));
        const auto step = encoder.encode(slice, at + slice.size() == text.size() ? Input::last : Input::more, room);
        REQUIRE(step.outcome != DeflateEncoder::Outcome::failed);
        at += step.consumed;
        result.insert(result.end(), room.begin(), room.begin() + static_cast<std::ptrdiff_t>(step.produced));
        if (step.outcome == DeflateEncoder::Outcome::finished) return result;
    }
}

std::uint32_t little_endian(const Bytes& bytes, std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) value |= std::to_integer<std::uint32_t>(bytes[at + i]) << (8 * i);
    return value;
}

}  // namespace

TEST_CASE("deflate encoder: gzip without a time, with the length at the end", "[content][deflate]") {
    const std::string text(100'000, 'a');
    const auto coded = media::encode_whole(DeflateEncoder::Format::gzip, 6, bytes_of(text), text.size());
    REQUIRE(coded);
    CHECK(coded->size() < 1000);
    CHECK((*coded)[0] == std::byte{0x1f});
    CHECK((*coded)[1] == std::byte{0x8b});
    CHECK((*coded)[3] == std::byte{0});  // no name, no comment
    CHECK(little_endian(*coded, 4) == 0);
    CHECK(little_endian(*coded, coded->size() - 4) == text.size());
}

TEST_CASE("deflate encoder: HTTP's deflate is the zlib format", "[content][deflate]") {
    const auto coded = media::encode_whole(DeflateEncoder::Format::zlib, 6, bytes_of(std::string(500, 'x')), 500);
    REQUIRE(coded);
    CHECK((*coded)[0] == std::byte{0x78});
    CHECK((std::to_integer<int>((*coded)[0]) * 256 + std::to_integer<int>((*coded)[1])) % 31 == 0);
}

TEST_CASE("deflate encoder: the slices do not change the bytes", "[content][deflate]") {
    const std::string text = support::noise(5'000) + std::string(20'000, 'b') + support::noise(300, 2);
    const Bytes whole = encode_in_slices(text, text.size(), 100'000);
    CHECK(encode_in_slices(text, 1, 1) == whole);
    CHECK(encode_in_slices(text, 777, 13) == whole);
    CHECK(encode_in_slices(text, 64 * 1024, 1024) == whole);
    CHECK(media::encode_whole(DeflateEncoder::Format::gzip, 6, bytes_of(text), 100'000) == whole);
}

TEST_CASE("deflate encoder: empty input ends, and the end is the end", "[content][deflate]") {
    DeflateEncoder encoder(DeflateEncoder::Format::gzip, 6);
    Bytes room(100);
    const auto step = encoder.encode({}, Input::last, room);
    CHECK(step.outcome == DeflateEncoder::Outcome::finished);
    CHECK(step.produced == 20);
    CHECK(encoder.encode({}, Input::last, room).outcome == DeflateEncoder::Outcome::failed);
}

TEST_CASE("deflate encoder: what is to be shown leaves whole, in any room, and nothing twice", "[content][deflate]") {
    const std::string text = support::noise(3'000);
    for (const std::size_t room_bytes : {std::size_t{7}, std::size_t{5'000}}) {
        DeflateEncoder encoder(DeflateEncoder::Format::gzip, 6);
        Bytes room(room_bytes);
        std::size_t at = 0;
        std::size_t shown = 0;
        DeflateEncoder::Step step{};
        do {
            step = encoder.encode(bytes_of(text).subspan(at), Input::shown, room);
            REQUIRE(step.outcome == DeflateEncoder::Outcome::progress);
            at += step.consumed;
            shown += step.produced;
        } while (step.produced == room.size());
        CHECK(at == text.size());
        CHECK(shown > text.size());  // noise does not shrink, so all of it is here
        CHECK(encoder.encode({}, Input::shown, room).produced == 0);
        CHECK(encoder.encode({}, Input::more, room).produced == 0);
    }
}

TEST_CASE("deflate encoder: what does not shrink below the limit is refused", "[content][deflate]") {
    const std::string text = support::noise(4'000);
    CHECK_FALSE(media::encode_whole(DeflateEncoder::Format::gzip, 6, bytes_of(text), text.size() - 1));
}
