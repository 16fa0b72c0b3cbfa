// Frames of HTTP/2 as a client writes them, right or wrong, and as it reads them. Heads are written without any coding
// by a table, and read with nghttp2's decoder. Called by the tests of HTTP/2.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

struct nghttp2_hd_inflater;

namespace support {

using FieldPairs = std::vector<std::pair<std::string, std::string>>;

enum class FrameType : std::uint8_t {
    data = 0,
    headers = 1,
    priority = 2,
    rst_stream = 3,
    settings = 4,
    push_promise = 5,
    ping = 6,
    goaway = 7,
    window_update = 8,
    continuation = 9,
    priority_update = 16,
};

inline constexpr std::uint8_t kEndStream = 1;
inline constexpr std::uint8_t kAck = 1;
inline constexpr std::uint8_t kEndHeaders = 4;

// ---- writing

std::string number_bytes(std::uint64_t value, int bytes);
std::string frame(FrameType type, std::uint8_t flags, std::uint32_t stream, std::string_view payload = {});
/// The preface and empty SETTINGS.
std::string client_begin(std::string_view settings = {});
/// One entry of SETTINGS.
std::string setting(std::uint16_t id, std::uint32_t value);
/// Fields as literals that no table remembers.
std::string field_block(const FieldPairs& fields);
FieldPairs request_fields(std::string_view method, std::string_view path, const FieldPairs& more = {});
std::string head_frame(std::uint32_t stream, const FieldPairs& fields, std::uint8_t flags = kEndStream | kEndHeaders);
std::string get_frame(std::uint32_t stream, std::string_view path, const FieldPairs& more = {});
/// HEADERS without an end, then the body in DATA frames of at most 16 KiB.
std::string upload_frames(std::uint32_t stream, std::string_view path, std::string_view body,
                          const FieldPairs& more = {});
std::string data_frame(std::uint32_t stream, std::string_view bytes, std::uint8_t flags = 0);
std::string window_frame(std::uint32_t stream, std::uint32_t bytes);
std::string reset_frame(std::uint32_t stream, std::uint32_t error = 8);

// ---- reading

struct Frame {
    FrameType type;
    std::uint8_t flags;
    std::uint32_t stream;
    std::string payload;
};

struct StreamAnswer {
    std::vector<FieldPairs> interims;
    FieldPairs fields;
    std::string body;
    bool ended = false;
    std::optional<std::uint32_t> reset;  ///< the error of RST_STREAM

    [[nodiscard]] int status() const;
    [[nodiscard]] std::string value(std::string_view name) const;
};

/// Takes a server's bytes, cut anywhere.
class FrameReader {
public:
    FrameReader();
    ~FrameReader();
    FrameReader(const FrameReader&) = delete;
    FrameReader& operator=(const FrameReader&) = delete;

    void take(std::string_view bytes);

    std::vector<Frame> frames;
    std::map<std::uint32_t, StreamAnswer> streams;
    std::optional<std::uint32_t> goaway;        ///< the error of the last one
    std::vector<std::uint32_t> goaway_streams;  ///< the last stream that each named

    [[nodiscard]] std::size_t count(FrameType type) const;

private:
    void take_frame(Frame frame);
    void take_head(const Frame& frame);

    std::string rest_;
    nghttp2_hd_inflater* inflater_ = nullptr;
};

}  // namespace support
