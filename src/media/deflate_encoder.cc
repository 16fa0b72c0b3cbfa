// zlib behind spans.
#include "media/deflate_encoder.h"

#include <zlib.h>

#include <algorithm>
#include <limits>

namespace media {
namespace {

constexpr int kWindowBits = 15;
constexpr int kGzipBits = 16;  // added to the window's to get the gzip format
constexpr int kMemoryLevel = 8;

uInt clamp_size(std::size_t bytes) {
    return static_cast<uInt>(std::min<std::size_t>(bytes, std::numeric_limits<uInt>::max()));
}

int flush_of(DeflateEncoder::Input kind) {
    switch (kind) {
        case DeflateEncoder::Input::more: return Z_NO_FLUSH;
        case DeflateEncoder::Input::shown: return Z_SYNC_FLUSH;
        case DeflateEncoder::Input::last: return Z_FINISH;
    }
    return Z_NO_FLUSH;
}

}  // namespace

struct DeflateEncoder::Stream {
    enum class State : std::uint8_t { open, finished, failed };

    Stream(Format format, int level) {
        const int bits = format == Format::gzip ? kWindowBits + kGzipBits : kWindowBits;
        if (::deflateInit2(&zlib, level, Z_DEFLATED, bits, kMemoryLevel, Z_DEFAULT_STRATEGY) != Z_OK) {
            state = State::failed;
        }
    }
    ~Stream() { ::deflateEnd(&zlib); }
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    z_stream zlib{};
    State state = State::open;
};

DeflateEncoder::DeflateEncoder(Format format, int level) : stream_(std::make_unique<Stream>(format, level)) {}
DeflateEncoder::~DeflateEncoder() = default;
DeflateEncoder::DeflateEncoder(DeflateEncoder&&) noexcept = default;
DeflateEncoder& DeflateEncoder::operator=(DeflateEncoder&&) noexcept = default;

DeflateEncoder::Step DeflateEncoder::encode(std::span<const std::byte> input, Input kind, std::span<std::byte> output) {
    if (stream_->state != Stream::State::open) return {Outcome::failed};
    z_stream& zlib = stream_->zlib;
    const uInt in = clamp_size(input.size());
    const uInt out = clamp_size(output.size());
    // zlib's interface lacks the const; it only reads.
    zlib.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(input.data()));
    zlib.avail_in = in;
    zlib.next_out = reinterpret_cast<Bytef*>(output.data());
    zlib.avail_out = out;
    const int result = ::deflate(&zlib, in == input.size() ? flush_of(kind) : Z_NO_FLUSH);
    const Step step{Outcome::progress, in - zlib.avail_in, out - zlib.avail_out};
    if (result == Z_STREAM_END) {
        stream_->state = Stream::State::finished;
        return {Outcome::finished, step.consumed, step.produced};
    }
    // Z_BUF_ERROR: no room or no input; the next call goes on.
    if (result == Z_OK || result == Z_BUF_ERROR) return step;
    stream_->state = Stream::State::failed;
    return {Outcome::failed};
}

std::optional<std::vector<std::byte>> encode_whole(DeflateEncoder::Format format, int level,
                                                   std::span<const std::byte> input, std::size_t limit_bytes) {
    DeflateEncoder encoder(format, level);
    std::vector<std::byte> output(limit_bytes);
    std::size_t consumed = 0;
    std::size_t produced = 0;
    for (;;) {
        const auto step =
            encoder.encode(input.subspan(consumed), DeflateEncoder::Input::last, std::span(output).subspan(produced));
        consumed += step.consumed;
        produced += step.produced;
        if (step.outcome == DeflateEncoder::Outcome::finished) break;
        const bool stuck = step.consumed == 0 && step.produced == 0;
        if (step.outcome == DeflateEncoder::Outcome::failed || stuck || produced == output.size()) return std::nullopt;
    }
    output.resize(produced);
    output.shrink_to_fit();
    return output;
}

}  // namespace media
