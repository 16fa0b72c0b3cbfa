// One connection: a state machine (connection_state.h) over a stream. The reactor calls receive() when the stream is
// readable, for all connections first, and then advance() for each, so that one look at the file system serves all
// requests of a turn. Nothing here blocks, and a connection never destroys itself.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "base/byte_buffer.h"
#include "net/address.h"
#include "net/output_queue.h"
#include "net/poller.h"
#include "net/stream.h"
#include "net/token.h"
#include "server/connection_state.h"
#include "server/exchange.h"
#include "server/turn.h"

namespace server {

/// True when the handler is asked once the body is in, which it does not look at: what is deleted, or answered, is
/// answered for a whole request, and a faulty chunk is told. Otherwise the head alone decides.
[[nodiscard]] bool is_decided_after_body(const http::Request& request);

/// Who has its turn before whom: an upload calls the file system at every step, an answer from the cache hardly ever.
enum class Weight : std::uint8_t { light, heavy };

class Connection {
public:
    enum class Verdict : std::uint8_t {
        wait,   ///< for an event, a wake or the deadline
        again,  ///< there is work that the kernel will not announce: the next wait must not block
        close,  ///< the reactor removes it
    };

    /// Owns `stream`. `token` comes back as the wake of disk work.
    Connection(std::unique_ptr<net::Stream> stream, net::PeerAddress peer, net::Token token, const Turn& turn);
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection();

    /// Takes what the peer sent into the input buffer, where the state wants it: at most one read.
    void receive(Turn& turn);
    /// Does what can be done now, and sends.
    Verdict advance(Turn& turn);
    /// The deadline may have passed: acts on it, then like advance().
    Verdict expire(Turn& turn);
    /// Answers 503 and ends: there is no room for this connection. In place of the first receive().
    Verdict refuse(Turn& turn);
    /// Aborts what is in flight, for the end of the process.
    void abandon(Turn& turn, std::string_view why);

    // Functions of the state, asked once after each turn.
    [[nodiscard]] net::Interest interest() const;
    /// True while the stream needs some readiness of its own in order to receive: then receive() is called at any event.
    [[nodiscard]] bool receives_at_any_event() const { return stream_->wants() != net::Interest::none; }
    [[nodiscard]] std::optional<base::MonotonicMs> deadline(const ServerConfig& config) const;
    [[nodiscard]] ConnectionState state() const { return state_; }
    /// Of the request being answered, or of the last one: heavy when its method is not safe. A connection that turns
    /// heavy says `again` before its handler is asked, and is not received from until then.
    [[nodiscard]] Weight weight() const { return weight_; }
    [[nodiscard]] net::Token token() const { return token_; }

private:
    enum class Step : std::uint8_t {
        proceed,  ///< look at the state again
        blocked,  ///< nothing more before an event, or before output has left
        yield,    ///< this turn's share is used
        over,     ///< close
    };
    enum class Input : std::uint8_t { open, ended };
    enum class Output : std::uint8_t { open, shut, lost };  ///< lost: bytes are missing, nothing may follow

    void move(ConnectionEvent event, const Turn& turn);
    Step step(Turn& turn);
    Step idle_step(Turn& turn);
    Step read_head(Turn& turn);
    Step read_body(Turn& turn);
    Step receive_body(Turn& turn);
    Step take_body(std::span<const std::byte> bytes, std::size_t& consumed, Turn& turn);
    Step commit(Turn& turn);
    Step respond(Turn& turn);
    Step drain(Turn& turn);
    Step linger(Turn& turn);

    Step dispatch(Turn& turn);
    Step decide(Turn& turn);
    Step want_body(std::unique_ptr<http::BodySink> sink, Turn& turn);
    void begin_body(Turn& turn);
    Step finish_body(Turn& turn);
    Step refuse_body(const http::Refusal& refusal, Turn& turn);
    Step incomplete_body(Turn& turn);
    Step wait_for_rest(Turn& turn);
    void send_interim(Turn& turn);
    Step answer(http::Response&& response, Turn& turn);
    Step refuse_request(const http::Refusal& refusal, Turn& turn);
    void finish_answer(Turn& turn);
    Step peer_gone(Turn& turn, std::string_view why);
    void log_aborted(const Turn& turn, std::string_view why) const;
    void log_exchange(const Turn& turn, std::string_view aborted) const;
    [[nodiscard]] Ending choose_ending(const http::Response& response, const Turn& turn) const;
    [[nodiscard]] bool send_waiting(Turn& turn);
    [[nodiscard]] bool can_go_on_after_output(const Turn& turn) const;
    [[nodiscard]] bool can_receive_unannounced() const;
    void settle();
    void release_exchange(Turn& turn);
    void note_body_progress(std::size_t bytes, const Turn& turn);

    std::unique_ptr<net::Stream> stream_;
    std::unique_ptr<Exchange> exchange_;
    base::ByteBuffer input_;
    net::OutputQueue output_;
    std::uint64_t arrival_ = 0;             ///< of the last bytes received
    base::MonotonicMs state_since_ms_ = 0;  ///< since when the state lasts
    base::MonotonicMs progress_ms_ = 0;     ///< when the kernel last took output, or there was none
    net::Token token_;
    std::uint32_t turn_bytes_ = 0;  ///< moved in this turn
    std::uint32_t turn_requests_ = 0;
    net::PeerAddress peer_;
    ConnectionState state_ = ConnectionState::idle;
    Input input_end_ = Input::open;
    Output output_end_ = Output::open;
    Ending ending_ = Ending::keep;
    Weight weight_ = Weight::light;
};

}  // namespace server
