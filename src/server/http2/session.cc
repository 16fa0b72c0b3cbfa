// From nghttp2's callbacks to events, and from answers to its calls.
#include "server/http2/session.h"

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

#include "http/limits.h"
#include "server/http2/entry.h"
#include "server/http2/exchange.h"

namespace server::http2 {
namespace {

constexpr std::size_t kFrameHeadBytes = 9;

/// The process ends, as it does when `new` finds no memory.
[[noreturn]] void end_without_memory() {
    std::fputs("godwit: no memory for an HTTP/2 connection\n", stderr);
    std::abort();
}

std::string_view text_of(const std::uint8_t* bytes, std::size_t count) {
    return {reinterpret_cast<const char*>(bytes), count};
}

nghttp2_nv name_value(std::string_view name, std::string_view value) {
    // The library does not write through these pointers; its type says otherwise.
    const auto bytes = [](std::string_view text) {
        return const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(text.data()));
    };
    return {bytes(name), bytes(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
}

/// DATA that neither brings content nor ends the body.
bool is_useless(const nghttp2_frame& frame) {
    const bool is_last = (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    return frame.hd.type == NGHTTP2_DATA && !is_last && frame.hd.length <= frame.data.padlen;
}

ErrorCode error_of(int result) {
    switch (result) {
        case NGHTTP2_ERR_FLOODED:
        case NGHTTP2_ERR_TOO_MANY_CONTINUATIONS:
        case NGHTTP2_ERR_TOO_MANY_SETTINGS: return ErrorCode::enhance_your_calm;
        case NGHTTP2_ERR_NOMEM:
        case NGHTTP2_ERR_CALLBACK_FAILURE: return ErrorCode::internal_error;
        default: return ErrorCode::protocol_error;
    }
}

}  // namespace

/// What nghttp2 calls.
struct Session::Callbacks {
    static Session& session(void* self) { return *static_cast<Session*>(self); }
    static Exchange* exchange_of(nghttp2_session* session, std::int32_t stream) {
        return static_cast<Exchange*>(nghttp2_session_get_stream_user_data(session, stream));
    }

    static int begin_headers(nghttp2_session* raw, const nghttp2_frame* frame, void* self) {
        if (frame->hd.type != NGHTTP2_HEADERS || frame->headers.cat != NGHTTP2_HCAT_REQUEST) return 0;
        Exchange* const exchange = session(self).events_.open_stream(frame->hd.stream_id);
        if (exchange == nullptr) {
            nghttp2_submit_rst_stream(raw, NGHTTP2_FLAG_NONE, frame->hd.stream_id, NGHTTP2_REFUSED_STREAM);
            return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
        }
        nghttp2_session_set_stream_user_data(raw, frame->hd.stream_id, exchange);
        return 0;
    }

    static int header(nghttp2_session* raw, const nghttp2_frame* frame, const std::uint8_t* name,
                      std::size_t name_bytes, const std::uint8_t* value, std::size_t value_bytes, std::uint8_t,
                      void* self) {
        Exchange* const exchange = exchange_of(raw, frame->hd.stream_id);
        if (exchange == nullptr) return 0;
        const bool taken =
            session(self).events_.take_field(*exchange, text_of(name, name_bytes), text_of(value, value_bytes));
        if (taken) return 0;
        nghttp2_submit_rst_stream(raw, NGHTTP2_FLAG_NONE, frame->hd.stream_id, NGHTTP2_ENHANCE_YOUR_CALM);
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    }

    /// Fields that the library would pass over: a request that holds one is faulty (RFC 9113 §8.2.1).
    static int invalid_header(nghttp2_session*, const nghttp2_frame*, const std::uint8_t*, std::size_t,
                              const std::uint8_t*, std::size_t, std::uint8_t, void*) {
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    }

    /// Frames are counted when they begin, because the library drops some kinds without reporting that they ended.
    static int begin_frame(nghttp2_session*, const nghttp2_frame_hd* head, void* self) {
        switch (head->type) {
            case NGHTTP2_HEADERS:
            case NGHTTP2_CONTINUATION:
            case NGHTTP2_DATA: break;
            case NGHTTP2_RST_STREAM: session(self).events_.note_frame(FrameKind::reset); break;
            default: session(self).events_.note_frame(FrameKind::control); break;
        }
        return 0;
    }

    static int frame_received(nghttp2_session* raw, const nghttp2_frame* frame, void* self) {
        Events& events = session(self).events_;
        if (is_useless(*frame)) events.note_frame(FrameKind::control);
        const bool is_head = frame->hd.type == NGHTTP2_HEADERS;
        if (!is_head && frame->hd.type != NGHTTP2_DATA) return 0;
        Exchange* const exchange = exchange_of(raw, frame->hd.stream_id);
        if (exchange == nullptr) return 0;
        const bool is_last = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
        if (is_head && frame->headers.cat == NGHTTP2_HCAT_REQUEST) {
            events.end_head(*exchange, is_last);
        } else if (is_last) {
            events.end_body(*exchange);
        }
        return 0;
    }

    static int data_chunk(nghttp2_session* raw, std::uint8_t, std::int32_t stream, const std::uint8_t* data,
                          std::size_t count, void* self) {
        // What all streams may send together is given back at once, whatever becomes of the bytes.
        nghttp2_session_consume_connection(raw, count);
        if (Exchange* const exchange = exchange_of(raw, stream)) {
            session(self).events_.take_body(*exchange, std::as_bytes(std::span(data, count)));
        }
        return 0;
    }

    static int stream_closed(nghttp2_session* raw, std::int32_t stream, std::uint32_t error, void* self) {
        if (Exchange* const exchange = exchange_of(raw, stream)) {
            session(self).events_.close_stream(*exchange, static_cast<ErrorCode>(error));
        }
        return 0;
    }

    static int frame_sent(nghttp2_session* raw, const nghttp2_frame* frame, void* self) {
        if (frame->hd.type == NGHTTP2_GOAWAY && frame->goaway.error_code != NGHTTP2_NO_ERROR) {
            session(self).error_ = static_cast<ErrorCode>(frame->goaway.error_code);
        }
        if (frame->hd.type == NGHTTP2_RST_STREAM) {
            session(self).events_.note_reset_sent(static_cast<ErrorCode>(frame->rst_stream.error_code));
            return 0;
        }
        // An answer may be whole before its request: the rest of that is not wanted (RFC 9113 §8.1).
        const bool is_end = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0 &&
                            (frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA);
        if (is_end && nghttp2_session_get_stream_remote_close(raw, frame->hd.stream_id) == 0) {
            nghttp2_submit_rst_stream(raw, NGHTTP2_FLAG_NONE, frame->hd.stream_id, NGHTTP2_NO_ERROR);
        }
        return 0;
    }

    static ssize_t read_content(nghttp2_session*, std::int32_t, std::uint8_t*, std::size_t most, std::uint32_t* flags,
                                nghttp2_data_source* source, void* self) {
        Session& owner = session(self);
        if (owner.paused_) return NGHTTP2_ERR_PAUSE;
        const Content content = owner.events_.give_content(*static_cast<Exchange*>(source->ptr), most);
        switch (content.outcome) {
            case Content::Outcome::later: return NGHTTP2_ERR_DEFERRED;
            case Content::Outcome::failed: return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
            case Content::Outcome::given: break;
        }
        *flags |= NGHTTP2_DATA_FLAG_NO_COPY;
        if (content.is_last) *flags |= NGHTTP2_DATA_FLAG_EOF;
        return static_cast<ssize_t>(content.bytes);
    }

    static int send_content(nghttp2_session*, nghttp2_frame*, const std::uint8_t* head, std::size_t,
                            nghttp2_data_source*, void* self) {
        session(self).events_.put_frame_head(std::as_bytes(std::span(head, kFrameHeadBytes)));
        return 0;
    }

    /// Frames of a kind that nobody knows are passed over; begin_frame() has counted them.
    static int pass_over(nghttp2_session*, void**, const nghttp2_frame_hd*, void*) { return NGHTTP2_ERR_CANCEL; }

    static nghttp2_session_callbacks* make() {
        nghttp2_session_callbacks* made = nullptr;
        if (nghttp2_session_callbacks_new(&made) != 0) end_without_memory();
        nghttp2_session_callbacks_set_on_begin_headers_callback(made, begin_headers);
        nghttp2_session_callbacks_set_on_header_callback(made, header);
        nghttp2_session_callbacks_set_on_invalid_header_callback(made, invalid_header);
        nghttp2_session_callbacks_set_on_begin_frame_callback(made, begin_frame);
        nghttp2_session_callbacks_set_on_frame_recv_callback(made, frame_received);
        nghttp2_session_callbacks_set_on_data_chunk_recv_callback(made, data_chunk);
        nghttp2_session_callbacks_set_on_stream_close_callback(made, stream_closed);
        nghttp2_session_callbacks_set_on_frame_send_callback(made, frame_sent);
        nghttp2_session_callbacks_set_send_data_callback(made, send_content);
        nghttp2_session_callbacks_set_unpack_extension_callback(made, pass_over);
        return made;
    }

    static nghttp2_option* make_options() {
        nghttp2_option* made = nullptr;
        if (nghttp2_option_new(&made) != 0) end_without_memory();
        nghttp2_option_set_no_auto_window_update(made, 1);
        nghttp2_option_set_no_closed_streams(made, 1);
        nghttp2_option_set_max_continuations(made, kMaxContinuations);
        nghttp2_option_set_max_outbound_ack(made, kMaxWaitingAcks);
        for (unsigned type = NGHTTP2_CONTINUATION + 1; type <= UINT8_MAX; ++type) {
            if (type == NGHTTP2_PRIORITY_UPDATE) continue;
            nghttp2_option_set_user_recv_extension_type(made, static_cast<std::uint8_t>(type));
        }
        nghttp2_option_set_builtin_recv_extension_type(made, NGHTTP2_PRIORITY_UPDATE);
        return made;
    }
};

void Session::Deleter::operator()(nghttp2_session* session) const { nghttp2_session_del(session); }

Session::Session(Events& events) : events_(events) {
    // Made once for the process: they do not change.
    static const nghttp2_session_callbacks* const callbacks = Callbacks::make();
    static const nghttp2_option* const options = Callbacks::make_options();
    nghttp2_session* made = nullptr;
    if (nghttp2_session_server_new2(&made, callbacks, this, options) != 0) end_without_memory();
    session_.reset(made);
    const auto settings = std::to_array<nghttp2_settings_entry>({
        {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, kMaxStreams},
        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, kFirstWindowBytes},
        {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, http::kMaxHeadBytes},
        {NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1},
    });
    nghttp2_submit_settings(made, NGHTTP2_FLAG_NONE, settings.data(), settings.size());
    nghttp2_session_set_local_window_size(made, NGHTTP2_FLAG_NONE, 0,
                                          static_cast<std::int32_t>(kConnectionWindowBytes));
}

Session::~Session() = default;

bool Session::receive(std::span<const std::byte> bytes) {
    const ssize_t taken =
        nghttp2_session_mem_recv(session_.get(), reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
    if (taken >= 0) return true;
    error_ = error_of(static_cast<int>(taken));
    return false;
}

std::span<const std::byte> Session::next_frame() {
    paused_ = false;
    const std::uint8_t* data = nullptr;
    const ssize_t count = nghttp2_session_mem_send(session_.get(), &data);
    if (count <= 0) return {};
    return std::as_bytes(std::span(data, static_cast<std::size_t>(count)));
}

void Session::send_head(const Exchange& exchange, std::string_view status, std::span<const http::FieldView> fields,
                        Head kind) {
    constexpr std::size_t kUsualFields = 24;
    std::vector<nghttp2_nv> list;
    list.reserve(std::max(kUsualFields, fields.size() + 1));
    list.push_back(name_value(":status", status));
    for (const http::FieldView& field : fields) list.push_back(name_value(field.name, field.value));
    nghttp2_session* const session = session_.get();
    switch (kind) {
        case Head::interim:
            nghttp2_submit_headers(session, NGHTTP2_FLAG_NONE, exchange.stream, nullptr, list.data(), list.size(),
                                   nullptr);
            break;
        case Head::whole: nghttp2_submit_response(session, exchange.stream, list.data(), list.size(), nullptr); break;
        case Head::with_content: {
            nghttp2_data_provider content{};
            content.source.ptr = const_cast<Exchange*>(&exchange);
            content.read_callback = Callbacks::read_content;
            nghttp2_submit_response(session, exchange.stream, list.data(), list.size(), &content);
            break;
        }
    }
}

void Session::resume(const Exchange& exchange) { nghttp2_session_resume_data(session_.get(), exchange.stream); }

void Session::reset(const Exchange& exchange, ErrorCode error) {
    nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, exchange.stream, static_cast<std::uint32_t>(error));
}

void Session::give_back(const Exchange& exchange, std::size_t bytes) {
    nghttp2_session_consume_stream(session_.get(), exchange.stream, bytes);
}

void Session::grow_window(const Exchange& exchange, std::uint32_t bytes) {
    nghttp2_session_set_local_window_size(session_.get(), NGHTTP2_FLAG_NONE, exchange.stream,
                                          static_cast<std::int32_t>(bytes));
}

bool Session::is_window_empty(const Exchange& exchange) const {
    return nghttp2_session_get_remote_window_size(session_.get()) <= 0 ||
           nghttp2_session_get_stream_remote_window_size(session_.get(), exchange.stream) <= 0;
}

void Session::announce_end() { nghttp2_submit_shutdown_notice(session_.get()); }

void Session::end_streams() {
    nghttp2_submit_goaway(session_.get(), NGHTTP2_FLAG_NONE, nghttp2_session_get_last_proc_stream_id(session_.get()),
                          NGHTTP2_NO_ERROR, nullptr, 0);
}

bool Session::is_alive() const {
    return nghttp2_session_want_read(session_.get()) != 0 || nghttp2_session_want_write(session_.get()) != 0;
}

std::vector<std::byte> Session::goaway(ErrorCode error) const {
    std::vector<std::byte> frame;
    const auto put = [&](std::uint32_t value, int bytes) {
        for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) {
            frame.push_back(static_cast<std::byte>((value >> static_cast<unsigned>(shift)) & 0xFFU));
        }
    };
    put(8, 3);  // bytes of payload
    put(NGHTTP2_GOAWAY, 1);
    put(0, 1);  // flags
    put(0, 4);  // stream
    put(static_cast<std::uint32_t>(nghttp2_session_get_last_proc_stream_id(session_.get())), 4);
    put(static_cast<std::uint32_t>(error), 4);
    return frame;
}

bool is_built_in() { return true; }
std::string_view library_version() { return NGHTTP2_VERSION; }

}  // namespace server::http2
