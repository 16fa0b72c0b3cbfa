// A connection as the reactor sees it, whatever it speaks: HTTP/1 (server/http1/connection.h) is one kind. The reactor
// calls receive() when the stream is readable, for all connections first, and then advance() for each, so that one look
// at the file system serves all requests of a turn. Nothing here blocks, and a connection never destroys itself.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "net/interest.h"
#include "net/token.h"
#include "server/server_config.h"
#include "server/transport.h"
#include "server/turn.h"

namespace server {

class Exchange;

/// The scheduling class: an upload calls the file system at every step, an answer from the cache hardly ever.
enum class Weight : std::uint8_t { light, heavy };

class Connection {
public:
    enum class Verdict : std::uint8_t {
        wait,        ///< for an event, a wake or the deadline
        again,       ///< more work is ready without an event: the next wait must not block
        close,       ///< the reactor removes it
        hand_over,   ///< the peer speaks HTTP/2: the reactor puts a connection that does in its place
        introduced,  ///< a proxy has said who the client is: the reactor puts a connection of HTTP in its place
    };

    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    virtual ~Connection() = default;

    /// Takes what the peer sent into the input buffer, where the state wants it: at most one read.
    virtual void receive(Turn& turn) = 0;
    /// Does what can be done now, and sends the result.
    virtual Verdict advance(Turn& turn) = 0;
    /// The deadline may have passed: acts on it, then like advance().
    virtual Verdict expire(Turn& turn) = 0;
    /// Answers 503 and ends, because there is no room for this connection. Called in place of the first receive().
    virtual Verdict refuse(Turn& turn) = 0;
    /// Aborts what is in flight, for the end of the process.
    virtual void abandon(Turn& turn, std::string_view why) = 0;
    /// The wake of `exchange`, an exchange of this connection, has come; advance() follows.
    virtual void wake(Exchange& exchange) { (void)exchange; }

    // Functions of the state, asked once after each turn.
    [[nodiscard]] virtual net::Interest interest() const = 0;
    /// True while work of an exchange goes on whatever the peer does, even when no event of the peer can come any more.
    [[nodiscard]] virtual bool has_pending_work() const = 0;
    /// True while no request is under way and nothing waits to be sent: such a connection makes room for another one.
    [[nodiscard]] virtual bool is_unused() const = 0;
    [[nodiscard]] virtual std::optional<base::MonotonicMs> deadline(const ServerConfig& config) const = 0;

    /// All the memory that it holds for its peer.
    [[nodiscard]] virtual std::size_t held_bytes() const = 0;
    /// Since when it holds that because of its peer, which does not read the output, or does not send the rest of a
    /// request. The present, about, where the peer does its part.
    [[nodiscard]] virtual base::MonotonicMs stalled_since_ms() const = 0;
    /// How much output may wait from now on before nothing more is read or made: kHighWaterBytes or less. True when
    /// that is another value than before.
    bool set_high_water(std::size_t bytes) { return std::exchange(transport_.high_water, bytes) != bytes; }
    /// Ends it before its time: the peer sees a reset, so that it takes no cut answer for a whole one. The reactor
    /// removes it. Not while has_pending_work().
    void cut(Turn& turn, std::string_view why) {
        transport_.stream->abort();
        abandon(turn, why);
    }

    /// The weight of the request being answered, or of the last one: heavy when the handler says so, or while the
    /// server works for the answer. A connection that turns heavy returns `again` before the heavy work, and receives
    /// nothing until then.
    [[nodiscard]] Weight weight() const { return weight_; }
    /// Identifies the connection in events.
    [[nodiscard]] net::Token token() const { return token_; }
    /// For the connection that takes this one's place, after `hand_over` and `introduced`. Only the destructor follows.
    [[nodiscard]] Transport take_transport() { return std::move(transport_); }
    /// True while the stream itself needs some readiness in order to receive: then receive() is called at any event.
    [[nodiscard]] bool receives_at_any_event() const { return transport_.stream->wants() != net::Interest::none; }

protected:
    Connection(Transport&& transport, net::Token token) : transport_(std::move(transport)), token_(token) {}

    Transport transport_;
    net::Token token_;
    Weight weight_ = Weight::light;
};

}  // namespace server
