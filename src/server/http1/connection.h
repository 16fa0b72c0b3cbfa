// An HTTP/1 connection: a state machine (connection_state.h) over a transport. It reads requests one after the other,
// drives one exchange at a time and queues the answers in the order of the requests; so it owns keep-alive and the
// deadlines.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "server/connection.h"
#include "server/http1/connection_state.h"
#include "server/http1/exchange.h"
#include "server/http1/framer.h"

namespace server::http1 {

class Connection final : public server::Connection {
public:
    Connection(Transport&& transport, net::Token token, base::MonotonicMs now_ms)
        : server::Connection(std::move(transport), token), state_since_ms_(now_ms) {}

    void receive(Turn& turn) override;
    Verdict advance(Turn& turn) override;
    Verdict expire(Turn& turn) override;
    Verdict refuse(Turn& turn) override;
    void abandon(Turn& turn, std::string_view why) override;
    [[nodiscard]] net::Interest interest() const override { return transport_.interest(wants_input(), sends()); }
    [[nodiscard]] bool has_pending_work() const override {
        return state_ == ConnectionState::answering && exchange_->has_lasting_work();
    }
    [[nodiscard]] std::optional<base::MonotonicMs> deadline(const ServerConfig& config) const override;

    [[nodiscard]] std::size_t held_bytes() const override {
        return kConnectionOwnBytes + transport_.memory_bytes() + (exchange_ ? exchange_->held_bytes() : 0);
    }
    [[nodiscard]] base::MonotonicMs stalled_since_ms() const override;

    [[nodiscard]] bool is_unused() const override {
        const bool is_waiting = state_ == ConnectionState::fresh || state_ == ConnectionState::idle;
        return is_waiting && transport_.output.empty() && transport_.input.empty();
    }

    [[nodiscard]] ConnectionState state() const { return state_; }
    /// The exchange under way, or null.
    [[nodiscard]] const Exchange* exchange() const { return exchange_.get(); }

private:
    enum class Step : std::uint8_t {
        proceed,  ///< look at the state again
        blocked,  ///< nothing more before an event, or before output has left
        yield,    ///< this turn's share is used
        over,     ///< the connection has come to its end
        leave,    ///< the peer speaks HTTP/2
    };

    void move(ConnectionEvent event, const Turn& turn);
    Step step(Turn& turn);
    Step idle_step(Turn& turn);
    Step read(Turn& turn);
    Step read_head(Turn& turn);
    Step answer_step(Turn& turn);
    Step await(Turn& turn);
    Step respond(Turn& turn);
    Step replace_or_cut(Turn& turn);
    Step drain(Turn& turn);
    Step linger(Turn& turn);

    // Bodies: connection_body.cc.
    Step read_body(Turn& turn);
    Step receive_body(Turn& turn);
    Step take_body(std::span<const std::byte> bytes, std::size_t& consumed, Turn& turn);
    Step want_body(Turn& turn);
    void begin_body(Turn& turn);
    Step finish_body(Turn& turn);
    Step refuse_body(const http::Refusal& refusal, Turn& turn);
    Step incomplete_body(Turn& turn);
    Step wait_for_rest(Turn& turn);
    void send_interim(Turn& turn);
    void note_body_progress(std::size_t bytes, const Turn& turn);

    Step dispatch(Turn& turn);
    Step decide(Turn& turn);
    Step answer(http::Response&& response, Turn& turn);
    Step refuse_request(const http::Refusal& refusal, Turn& turn);
    void begin_answer(http::Response&& response, Turn& turn);
    void finish_answer(Turn& turn);
    Step peer_gone(Turn& turn, std::string_view why);
    void log_abort(Turn& turn, std::string_view why);
    void lend_text();
    [[nodiscard]] Ending choose_ending(const http::Response& response, const Turn& turn) const;
    [[nodiscard]] bool send_waiting(Turn& turn);
    [[nodiscard]] bool holds_head() const;
    /// There is output, and it may leave.
    [[nodiscard]] bool sends() const { return !transport_.output.empty() && !holds_head(); }
    [[nodiscard]] bool can_go_on_after_output(const Turn& turn) const;
    /// Nothing is read from a peer while its last answer has not left yet.
    [[nodiscard]] bool wants_input() const {
        return reads(state_) && (state_ != ConnectionState::lingering || transport_.output.empty());
    }
    void settle();
    void release_exchange(Turn& turn) {
        if (exchange_) turn.exchanges.give_back(std::move(exchange_));
    }

    std::unique_ptr<Exchange> exchange_;
    base::MonotonicMs state_since_ms_ = 0;  ///< since when the state lasts
    std::uint32_t turn_bytes_ = 0;          ///< moved in this turn
    std::uint32_t turn_requests_ = 0;
    ConnectionState state_ = ConnectionState::fresh;
    bool may_be_http2_ = true;  ///< the first bytes are not known yet, or begin as its preface does
    Ending ending_ = Ending::keep;
    bool is_unsent_ = false;  ///< the queue holds the beginning of one answer, and nothing else
};

}  // namespace server::http1
