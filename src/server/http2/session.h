// The frames of one HTTP/2 connection (RFC 9113): bytes in, events out; answers in, bytes out. The only code that knows
// nghttp2, which keeps the windows, the coding of heads, the order of streams (RFC 9218) and most rules of the wire
// format. Owned by http2::Connection, whose Events it calls.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "http/field_list.h"

struct nghttp2_session;

namespace server::http2 {

struct Exchange;

/// RFC 9113 §7; those that godwit sends.
enum class ErrorCode : std::uint32_t {
    no_error = 0,
    protocol_error = 1,
    internal_error = 2,
    flow_control_error = 3,
    refused_stream = 7,
    cancel = 8,
    enhance_your_calm = 11,
};

/// Streams of one connection at once; clients hold further requests back (RFC 9113 §5.1.2). As much as browsers ask
/// for.
inline constexpr std::uint32_t kMaxStreams = 100;
/// What a client may send of a body before its sink took any of it. This much is buffered per stream while its request
/// waits for a decision. When four streams have filled it, the connection stops receiving (kMaxWaitingBytes).
inline constexpr std::uint32_t kFirstWindowBytes = 256 * 1024;
/// What a client may send ahead of a sink that keeps up: 400 MB/s over 40 ms.
inline constexpr std::uint32_t kMostWindowBytes = 16 * 1024 * 1024;
/// How much wider a window gets in one step: two steps lead to the widest.
inline constexpr std::uint32_t kWindowGrowth = 8;
/// What all streams together may send ahead. It is given back as soon as bytes are here, because what waits for sinks
/// has a bound of its own (kMaxWaitingBytes). So one stream cannot block the others.
inline constexpr std::uint32_t kConnectionWindowBytes = 32 * 1024 * 1024;
/// CONTINUATION frames of one head: the largest head takes one with frames of 16 KiB (CVE-2024-28182).
inline constexpr std::size_t kMaxContinuations = 4;
/// Answers to PING and SETTINGS that wait because the peer reads nothing.
inline constexpr std::size_t kMaxWaitingAcks = 200;

/// Frames that bring no part of a request.
enum class FrameKind : std::uint8_t {
    reset,    ///< RST_STREAM
    control,  ///< SETTINGS, PING, PRIORITY, WINDOW_UPDATE, DATA without content, and kinds that are not known
};

class Session {
public:
    /// What came of a request for content.
    struct Content {
        enum class Outcome : std::uint8_t { given, later, failed };
        Outcome outcome = Outcome::later;
        std::size_t bytes = 0;  ///< in the output already, behind room for the frame's head
        bool is_last = false;
    };

    /// Called during receive() and next_frame(). Functions of the session that take a stream may be called in them.
    class Events {
    public:
        virtual ~Events() = default;
        /// A request begins. Null: there is no room, the peer may send it again (REFUSED_STREAM).
        virtual Exchange* open_stream(std::int32_t stream) = 0;
        /// Of the head, or, once end_head() was called, of the trailer section. False: the stream is reset.
        virtual bool take_field(Exchange& exchange, std::string_view name, std::string_view value) = 0;
        virtual void end_head(Exchange& exchange, bool is_last) = 0;
        virtual void take_body(Exchange& exchange, std::span<const std::byte> bytes) = 0;
        /// The request is whole; not called where end_head() said so.
        virtual void end_body(Exchange& exchange) = 0;
        /// The session forgets the exchange. `error`: why, for a stream that was reset.
        virtual void close_stream(Exchange& exchange, ErrorCode error) = 0;
        /// At most `most` bytes (> 0) of content go into the output now.
        virtual Content give_content(Exchange& exchange, std::size_t most) = 0;
        /// The frame's head (9 bytes) of the content that give_content() put into the output.
        virtual void put_frame_head(std::span<const std::byte> head) = 0;
        virtual void note_frame(FrameKind kind) = 0;
        /// This side resets a stream.
        virtual void note_reset_sent(ErrorCode error) = 0;
    };

    explicit Session(Events& events);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    /// Takes all of `bytes`. False: the peer broke the protocol, or a bound of the library, and nothing more is to be
    /// received; error() says which.
    [[nodiscard]] bool receive(std::span<const std::byte> bytes);
    /// Why receive() failed, or the error of a GOAWAY that the session sent itself. After one, is_alive() is false.
    [[nodiscard]] ErrorCode error() const { return error_; }

    /// The next bytes to be sent, except content, which give_content() puts into the output directly. Valid until the
    /// next call. Empty: nothing more now, or pause() was called.
    [[nodiscard]] std::span<const std::byte> next_frame();
    /// next_frame() returns after the frame that is being made.
    void pause() { paused_ = true; }

    // Of one stream. Each does nothing for a stream that is closed.

    /// Sends a head. `status`: three digits. An interim one, or the final one with content or without.
    enum class Head : std::uint8_t { interim, with_content, whole };
    void send_head(const Exchange& exchange, std::string_view status, std::span<const http::FieldView> fields,
                   Head kind);
    /// Content is there again after Content::Outcome::later.
    void resume(const Exchange& exchange);
    void reset(const Exchange& exchange, ErrorCode error);
    /// So many bytes of the body are done with: the peer may send as many again.
    void give_back(const Exchange& exchange, std::size_t bytes);
    void grow_window(const Exchange& exchange, std::uint32_t bytes);
    /// True where the peer must make room before more content can leave.
    [[nodiscard]] bool is_window_empty(const Exchange& exchange) const;

    // Of the connection.

    /// Says that the end is near: the first of the two GOAWAY of RFC 9113 §6.8.
    void announce_end();
    /// Takes no further stream: the second one. Those that are open go on.
    void end_streams();
    /// True while something waits to be sent, or is expected from the peer.
    [[nodiscard]] bool is_alive() const;
    /// The last words of a connection that breaks off: a GOAWAY frame, past the library.
    [[nodiscard]] std::vector<std::byte> goaway(ErrorCode error) const;

private:
    struct Callbacks;
    struct Deleter {
        void operator()(nghttp2_session* session) const;
    };

    Events& events_;
    std::unique_ptr<nghttp2_session, Deleter> session_;
    ErrorCode error_ = ErrorCode::no_error;
    bool paused_ = false;
};

}  // namespace server::http2
