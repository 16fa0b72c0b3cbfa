// The chunked coding around content written in place.
#include "http/body_encoder.h"

#include <array>
#include <string>
#include <vector>

#include "http/body_decoder.h"
#include "support/catch.h"

using http::ChunkEnd;

namespace {

std::string text_of(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string enclosed(const std::string& content, ChunkEnd end) {
    std::vector<std::byte> block(content.size() + http::kChunkFrontBytes + http::kChunkBackBytes + 1);
    const std::span<std::byte> room = http::chunk_content(block);
    REQUIRE(room.size() > content.size());
    for (std::size_t i = 0; i < content.size(); ++i) room[i] = static_cast<std::byte>(content[i]);
    return text_of(http::enclose_chunk(block, content.size(), end));
}

}  // namespace

TEST_CASE("body encoder: a chunk has its size in front and CRLF behind", "[http][body]") {
    CHECK(enclosed("a", ChunkEnd::more_follows) == "1\r\na\r\n");
    CHECK(enclosed(std::string(255, 'x'), ChunkEnd::more_follows) == "ff\r\n" + std::string(255, 'x') + "\r\n");
    CHECK(enclosed(std::string(4096, 'x'), ChunkEnd::more_follows).starts_with("1000\r\nx"));
}

TEST_CASE("body encoder: the last chunk follows the content", "[http][body]") {
    CHECK(enclosed("abc", ChunkEnd::last) == "3\r\nabc\r\n0\r\n\r\n");
    CHECK(enclosed("", ChunkEnd::last) == "0\r\n\r\n");
}

TEST_CASE("body encoder: no content makes no chunk, which would end the body", "[http][body]") {
    CHECK(enclosed("", ChunkEnd::more_follows).empty());
}

TEST_CASE("body encoder: the content may fill its room", "[http][body]") {
    std::array<std::byte, 64> block{};
    const std::span<std::byte> room = http::chunk_content(block);
    for (std::byte& byte : room) byte = std::byte{'y'};
    const auto sent = http::enclose_chunk(block, room.size(), ChunkEnd::last);
    CHECK(text_of(sent) == "2f\r\n" + std::string(47, 'y') + "\r\n0\r\n\r\n");
    CHECK(sent.data() + sent.size() == block.data() + block.size());
}

TEST_CASE("body encoder: the decoder reads what was encoded", "[http][body]") {
    const std::string text = enclosed("one", ChunkEnd::more_follows) + enclosed(std::string(3000, 'z'), ChunkEnd::last);
    http::BodyDecoder decoder;
    decoder.start({http::Framing::Kind::chunked, 0});
    std::string body;
    auto rest = std::as_bytes(std::span(text));
    while (true) {
        const auto step = decoder.decode(rest);
        body += text_of(step.data);
        rest = rest.subspan(step.consumed);
        if (step.outcome == http::BodyDecoder::Outcome::complete) break;
        REQUIRE(step.outcome == http::BodyDecoder::Outcome::data);
    }
    CHECK(body == "one" + std::string(3000, 'z'));
    CHECK(rest.empty());
}
