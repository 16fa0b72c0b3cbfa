// An HTTP/2 connection (RFC 9113): many exchanges at once over one session of frames. It decides which of them goes on,
// pulls their content as far as windows and the turn allow, and owns the deadlines and the bounds. Made by the reactor.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "server/connection.h"
#include "server/http2/bounds.h"
#include "server/http2/connection_state.h"
#include "server/http2/exchange.h"
#include "server/http2/framer.h"
#include "server/http2/session.h"

namespace server::http2 {

/// Bytes of bodies that wait for their sinks. Above this nothing more is received on the connection. That does not
/// last, because sinks wait for nothing that the client would have to send first.
inline constexpr std::size_t kMaxWaitingBytes = 1024 * 1024;
/// So much of a body is joined before its sink gets it.
inline constexpr std::size_t kJoinedBytes = 64 * 1024;

/// The memory of a session without streams. Most of it is for the tables that code its heads.
inline constexpr std::size_t kSessionBytes = 30 * 1024;

/// How many sources of content may be pulled in one turn, each for its share (TurnShare::pulls steps). Of the sources
/// that are known to compute, only one may be.
inline constexpr std::uint32_t kSourcesPerTurn = 4;

class Connection final : public server::Connection, private Session::Events {
public:
    Connection(Transport&& transport, net::Token token, base::MonotonicMs now_ms);
    ~Connection() override;

    void receive(Turn& turn) override;
    Verdict advance(Turn& turn) override;
    Verdict expire(Turn& turn) override;
    Verdict refuse(Turn& turn) override;
    void abandon(Turn& turn, std::string_view why) override;
    void wake(server::Exchange& exchange) override { enqueue(static_cast<Exchange&>(exchange)); }

    [[nodiscard]] net::Interest interest() const override;
    [[nodiscard]] bool has_pending_work() const override;
    [[nodiscard]] bool is_unused() const override {
        return state_ == ConnectionState::open && exchanges_.empty() && transport_.output.empty() &&
               transport_.input.empty();
    }
    [[nodiscard]] std::size_t held_bytes() const override;
    [[nodiscard]] base::MonotonicMs stalled_since_ms() const override;
    [[nodiscard]] std::optional<base::MonotonicMs> deadline(const ServerConfig& config) const override;

    [[nodiscard]] ConnectionState state() const { return state_; }
    /// Of streams that are open, or whose work goes on.
    [[nodiscard]] std::size_t exchanges() const { return exchanges_.size(); }

private:
    // The turn and the end: connection.cc.
    void move(ConnectionEvent event);
    void take_input();
    void take_bytes(std::span<const std::byte> bytes);
    [[nodiscard]] bool receive_more();
    void fill_output();
    [[nodiscard]] bool send_waiting();
    void stop_when_asked();
    void settle_state();
    [[nodiscard]] Verdict verdict();
    void linger();
    void break_off(ErrorCode error, std::string_view why);
    void peer_gone(std::string_view why);
    void give_up_all(std::string_view why);
    [[nodiscard]] bool wants_input() const {
        return (state_ == ConnectionState::open || state_ == ConnectionState::ending) &&
               waiting_bytes_ < kMaxWaitingBytes;
    }
    void expire_streams();
    [[nodiscard]] std::size_t output_limit() const { return std::min(turn_->share.bytes, transport_.high_water); }

    // Its streams in their turn: streams.cc.
    void enqueue(Exchange& exchange);
    void work_streams();
    [[nodiscard]] bool must_wait(const Exchange& exchange) const;
    void work(Exchange& exchange);
    void ask(Exchange& exchange);
    void await(Exchange& exchange);
    void make_heavy(Exchange& exchange);
    void want_body(Exchange& exchange);
    void feed_body(Exchange& exchange);
    void finish_body(Exchange& exchange);
    void send_interim(const Exchange& exchange, const http::Interim& interim);
    void grow_window(Exchange& exchange, std::size_t taken);
    void begin_waiting(Exchange& exchange, base::MonotonicMs timeout_ms);
    void note_progress(Exchange& exchange, std::size_t bytes, std::uint64_t rate, base::MonotonicMs timeout_ms);
    void drop_body(Exchange& exchange);
    void answer(Exchange& exchange, http::Response&& response);
    void refuse_request(Exchange& exchange, const http::Refusal& refusal);
    void refuse_body(Exchange& exchange, const http::Refusal& refusal);
    void end_answer(Exchange& exchange);

    // Session::Events, and what they need: events.cc.
    Exchange* open_stream(std::int32_t stream) override;
    bool take_field(Exchange& exchange, std::string_view name, std::string_view value) override;
    void end_head(Exchange& exchange, bool is_last) override;
    void take_body(Exchange& exchange, std::span<const std::byte> bytes) override;
    void end_body(Exchange& exchange) override;
    void close_stream(Exchange& exchange, ErrorCode error) override;
    Session::Content give_content(Exchange& exchange, std::size_t most) override;
    void put_frame_head(std::span<const std::byte> head) override;
    void note_frame(FrameKind kind) override;
    void note_reset_sent(ErrorCode error) override;
    void produce(Exchange& exchange, Framer& framer);
    void give_up(Exchange& exchange, std::string_view why);
    void release(Exchange& exchange);

    Session session_;
    std::vector<std::unique_ptr<Exchange>> exchanges_;
    std::vector<Exchange*> queue_;     ///< those with work, each once (Exchange::queued); null where one has gone
    Turn* turn_ = nullptr;             ///< during a call of the reactor's
    std::byte* frame_head_ = nullptr;  ///< of the content that was put into the output last
    std::size_t heavy_ = 0;            ///< how many exchanges are heavy
    std::size_t waiting_bytes_ = 0;    ///< of bodies, of all streams
    base::MonotonicMs since_ms_;       ///< since when the state lasts, or no stream is open
    RateBound resets_received_{kMaxResetsReceived, kResetWindowMs};
    RateBound resets_sent_{kMaxResetsSent, kResetWindowMs};
    ControlAllowance control_frames_;
    std::uint32_t turn_bytes_ = 0;     ///< moved in this turn
    std::uint32_t turn_requests_ = 0;  ///< handlers asked in this turn
    std::uint32_t turn_sources_ = 0;   ///< sources that had their share of this turn
    ConnectionState state_ = ConnectionState::open;
    bool is_heavy_turn_ = false;  ///< this is a turn among the heavy ones
    bool is_full_ = false;        ///< the session had more to send than this turn's share
    bool is_end_announced_ = false;
    ErrorCode breaking_ = ErrorCode::no_error;  ///< found in the middle of a call of the session's; acted on behind it
    std::string_view breaking_why_;
};

}  // namespace server::http2
