// What a source makes, compressed while it is sent; a source that fails is not ended as if it were whole.
#include "media/encoding_source.h"

#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "support/catch.h"

using Outcome = http::BodySource::Outcome;

namespace {

/// Gives `text` in small parts, with calls that give nothing between them.
class Parts final : public http::BodySource {
public:
    Parts(std::string text, Outcome ending) : text_(std::move(text)), ending_(ending) {}
    Pulled pull(std::span<std::byte> into) override {
        if (++calls_ % 2 == 0) return {Outcome::produced};
        const std::size_t count = std::min({text_.size() - at_, into.size(), std::size_t{300}});
        std::memcpy(into.data(), text_.data() + at_, count);
        at_ += count;
        return {at_ == text_.size() ? ending_ : Outcome::produced, count};
    }
    [[nodiscard]] std::string_view lack() const override { return "a lack"; }

private:
    std::string text_;
    Outcome ending_;
    std::size_t at_ = 0;
    int calls_ = 0;
};

struct Encoded {
    std::string bytes;
    Outcome ended;
};

Encoded encode(std::string text, Outcome ending, std::size_t room_bytes) {
    media::EncodingSource source(std::make_unique<Parts>(std::move(text), ending), media::DeflateEncoder::Format::gzip,
                                 6);
    CHECK(source.lack() == "a lack");
    std::vector<std::byte> room(room_bytes);
    Encoded encoded;
    for (;;) {
        const auto pulled = source.pull(room);
        encoded.bytes.append(reinterpret_cast<const char*>(room.data()), pulled.bytes);
        encoded.ended = pulled.outcome;
        if (pulled.outcome != Outcome::produced) return encoded;
    }
}

std::string decode(const std::string& coded, std::size_t bytes) {
    z_stream stream{};
    REQUIRE(::inflateInit2(&stream, 15 + 16) == Z_OK);
    std::string text(bytes + 1, '\0');
    std::string input = coded;
    stream.next_in = reinterpret_cast<Bytef*>(input.data());
    stream.avail_in = static_cast<uInt>(input.size());
    stream.next_out = reinterpret_cast<Bytef*>(text.data());
    stream.avail_out = static_cast<uInt>(text.size());
    const int result = ::inflate(&stream, Z_FINISH);
    text.resize(stream.total_out);
    ::inflateEnd(&stream);
    return result == Z_STREAM_END ? text : "broken";
}

std::string numbers() {
    std::string text;
    for (int i = 0; i < 5000; ++i) text.append(std::to_string(i * i));
    return text;
}

}  // namespace

TEST_CASE("encoding source: what is decoded is the plain form, however small the room is", "[content][deflate]") {
    const std::string text = numbers();
    for (const std::size_t room : {std::size_t{16}, std::size_t{1024}, std::size_t{65'536}}) {
        const Encoded encoded = encode(text, Outcome::finished, room);
        CHECK(encoded.ended == Outcome::finished);
        CHECK((decode(encoded.bytes, text.size()) == text));
    }
}

TEST_CASE("encoding source: fails when the plain form does", "[content][deflate]") {
    CHECK(encode(numbers(), Outcome::failed, 1024).ended == Outcome::failed);
}

TEST_CASE("encoding source: it waits when the plain form does, once what came before is encoded",
          "[content][deflate]") {
    struct Waiting final : http::BodySource {
        explicit Waiting(http::Wake& taken) : wake(taken) {}
        void wake_with(http::Wake given) override { wake = given; }
        Pulled pull(std::span<std::byte> into) override {
            if (waits) return {Outcome::waiting};
            std::memset(into.data(), 'w', 100);
            waits = ++parts < 3;
            return {parts < 3 ? Outcome::waiting : Outcome::finished, 100};
        }
        http::Wake& wake;
        bool waits = false;
        int parts = 0;
    };
    http::Wake wake = 0;
    auto owned = std::make_unique<Waiting>(wake);
    Waiting& plain = *owned;
    media::EncodingSource source(std::move(owned), media::DeflateEncoder::Format::gzip, 6);
    source.wake_with(7);
    CHECK(wake == 7);
    std::vector<std::byte> room(1000);
    std::string coded;
    std::vector<Outcome> outcomes;
    for (int i = 0; i < 10 && (outcomes.empty() || outcomes.back() != Outcome::finished); ++i) {
        const auto pulled = source.pull(room);
        coded.append(reinterpret_cast<const char*>(room.data()), pulled.bytes);
        outcomes.push_back(pulled.outcome);
        if (pulled.outcome == Outcome::waiting) plain.waits = false;
    }
    CHECK(outcomes == std::vector<Outcome>{Outcome::produced, Outcome::waiting, Outcome::produced, Outcome::waiting,
                                           Outcome::finished});
    CHECK(decode(coded, 300) == std::string(300, 'w'));
}
