// Writing and reading frames: see the header.
#include "support/http2_frames.h"

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <stdexcept>

namespace support {
namespace {

constexpr std::size_t kHeadBytes = 9;
constexpr std::size_t kMostPayload = 16'384;

std::uint32_t number_at(std::string_view bytes, std::size_t at, int count) {
    std::uint32_t value = 0;
    for (int i = 0; i < count; ++i) {
        value = value << 8U | static_cast<unsigned char>(bytes.at(at + static_cast<std::size_t>(i)));
    }
    return value;
}

/// RFC 7541 §5.1 with a prefix of seven bits and no Huffman code.
std::string text_bytes(std::string_view text) {
    std::string bytes;
    if (text.size() < 127) {
        bytes.push_back(static_cast<char>(text.size()));
    } else {
        bytes.push_back(127);
        std::size_t left = text.size() - 127;
        for (; left >= 128; left /= 128) bytes.push_back(static_cast<char>(left % 128 + 128));
        bytes.push_back(static_cast<char>(left));
    }
    return bytes.append(text);
}

}  // namespace

std::string number_bytes(std::uint64_t value, int bytes) {
    std::string text;
    for (int i = bytes - 1; i >= 0; --i) text.push_back(static_cast<char>(value >> (8U * static_cast<unsigned>(i))));
    return text;
}

std::string frame(FrameType type, std::uint8_t flags, std::uint32_t stream, std::string_view payload) {
    std::string bytes = number_bytes(payload.size(), 3);
    bytes.push_back(static_cast<char>(type));
    bytes.push_back(static_cast<char>(flags));
    return bytes.append(number_bytes(stream, 4)).append(payload);
}

std::string client_begin(std::string_view settings) {
    return "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(FrameType::settings, 0, 0, settings);
}

std::string setting(std::uint16_t id, std::uint32_t value) { return number_bytes(id, 2) + number_bytes(value, 4); }

std::string field_block(const FieldPairs& fields) {
    std::string block;
    for (const auto& [name, value] : fields) block.append(1, '\0').append(text_bytes(name)).append(text_bytes(value));
    return block;
}

FieldPairs request_fields(std::string_view method, std::string_view path, const FieldPairs& more) {
    FieldPairs fields{{":method", std::string(method)},
                      {":scheme", "http"},
                      {":path", std::string(path)},
                      {":authority", "localhost"}};
    fields.insert(fields.end(), more.begin(), more.end());
    return fields;
}

std::string head_frame(std::uint32_t stream, const FieldPairs& fields, std::uint8_t flags) {
    std::string block = field_block(fields);
    if (block.size() <= kMostPayload) return frame(FrameType::headers, flags, stream, block);
    const auto first_flags = static_cast<std::uint8_t>(flags & ~kEndHeaders);
    std::string bytes = frame(FrameType::headers, first_flags, stream, block.substr(0, kMostPayload));
    for (block.erase(0, kMostPayload); block.size() > kMostPayload; block.erase(0, kMostPayload)) {
        bytes += frame(FrameType::continuation, 0, stream, block.substr(0, kMostPayload));
    }
    return bytes + frame(FrameType::continuation, flags & kEndHeaders, stream, block);
}

std::string get_frame(std::uint32_t stream, std::string_view path, const FieldPairs& more) {
    return head_frame(stream, request_fields("GET", path, more));
}

std::string upload_frames(std::uint32_t stream, std::string_view path, std::string_view body, const FieldPairs& more) {
    std::string bytes = head_frame(stream, request_fields("PUT", path, more), kEndHeaders);
    while (body.size() > kMostPayload) {
        bytes += data_frame(stream, body.substr(0, kMostPayload));
        body.remove_prefix(kMostPayload);
    }
    return bytes + data_frame(stream, body, kEndStream);
}

std::string data_frame(std::uint32_t stream, std::string_view bytes, std::uint8_t flags) {
    return frame(FrameType::data, flags, stream, bytes);
}
std::string window_frame(std::uint32_t stream, std::uint32_t bytes) {
    return frame(FrameType::window_update, 0, stream, number_bytes(bytes, 4));
}
std::string reset_frame(std::uint32_t stream, std::uint32_t error) {
    return frame(FrameType::rst_stream, 0, stream, number_bytes(error, 4));
}

int StreamAnswer::status() const { return fields.empty() ? 0 : std::stoi(value(":status")); }

std::string StreamAnswer::value(std::string_view name) const {
    const auto found =
        std::find_if(fields.begin(), fields.end(), [&](const auto& field) { return field.first == name; });
    return found == fields.end() ? std::string() : found->second;
}

FrameReader::FrameReader() { nghttp2_hd_inflate_new(&inflater_); }
FrameReader::~FrameReader() { nghttp2_hd_inflate_del(inflater_); }

void FrameReader::take(std::string_view bytes) {
    rest_.append(bytes);
    while (rest_.size() >= kHeadBytes) {
        const std::size_t length = number_at(rest_, 0, 3);
        if (rest_.size() < kHeadBytes + length) return;
        Frame next{static_cast<FrameType>(rest_[3]), static_cast<std::uint8_t>(rest_[4]), number_at(rest_, 5, 4),
                   rest_.substr(kHeadBytes, length)};
        rest_.erase(0, kHeadBytes + length);
        take_frame(std::move(next));
    }
}

std::size_t FrameReader::count(FrameType type) const {
    return static_cast<std::size_t>(
        std::count_if(frames.begin(), frames.end(), [&](const Frame& one) { return one.type == type; }));
}

void FrameReader::take_frame(Frame next) {
    switch (next.type) {
        case FrameType::headers: take_head(next); break;
        case FrameType::data:
            streams[next.stream].body += next.payload;
            streams[next.stream].ended = (next.flags & kEndStream) != 0;
            break;
        case FrameType::rst_stream: streams[next.stream].reset = number_at(next.payload, 0, 4); break;
        case FrameType::goaway:
            goaway_streams.push_back(number_at(next.payload, 0, 4));
            goaway = number_at(next.payload, 4, 4);
            break;
        default: break;
    }
    frames.push_back(std::move(next));
}

void FrameReader::take_head(const Frame& next) {
    FieldPairs fields;
    const auto* in = reinterpret_cast<const std::uint8_t*>(next.payload.data());
    std::size_t left = next.payload.size();
    for (;;) {
        nghttp2_nv field{};
        int flags = 0;
        const ssize_t used = nghttp2_hd_inflate_hd2(inflater_, &field, &flags, in, left, 1);
        if (used < 0) throw std::runtime_error("a head cannot be decoded");
        in += used;
        left -= static_cast<std::size_t>(used);
        if ((flags & NGHTTP2_HD_INFLATE_EMIT) != 0) {
            fields.emplace_back(std::string(reinterpret_cast<char*>(field.name), field.namelen),
                                std::string(reinterpret_cast<char*>(field.value), field.valuelen));
        }
        if ((flags & NGHTTP2_HD_INFLATE_FINAL) != 0) break;
    }
    nghttp2_hd_inflate_end_headers(inflater_);
    StreamAnswer& answer = streams[next.stream];
    if (!fields.empty() && fields.front().second.starts_with('1')) {
        answer.interims.push_back(std::move(fields));
        return;
    }
    answer.fields = std::move(fields);
    answer.ended = (next.flags & kEndStream) != 0;
}

}  // namespace support
