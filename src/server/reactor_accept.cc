// The half of the reactor that takes new connections: who is let in, who makes room, and what happens when descriptors
// run out.
#include "server/http1/connection.h"
#include "server/reactor.h"

namespace server {
namespace {

/// How many connections beyond the limit are told so by a 503; further ones are closed at once.
constexpr std::size_t kRefusedAtOnce = 64;
/// How many connections are accepted from one listener in one turn: existing connections come first.
constexpr int kAcceptsPerTurn = 64;
/// When descriptors ran out, accepting is tried again after this time, or when a connection closes.
constexpr base::MonotonicMs kAcceptPauseMs = 500;
/// Pauses are logged at most once in this time.
constexpr base::MonotonicMs kPauseLogMs = 1000;

}  // namespace

/// False when no connection waits any more, or none can be accepted.
bool Reactor::accept_all(const net::Listener& listener) {
    for (int i = 0; i < kAcceptsPerTurn && accepting_ == Accepting::on && phase_ == Phase::serving; ++i) {
        net::Accepted accepted = listener.accept();
        switch (accepted.outcome) {
            case net::Accepted::none: return false;
            case net::Accepted::failed: break;
            case net::Accepted::out_of_descriptors: pause_accepting(); return false;
            case net::Accepted::accepted: accept_one(listener, std::move(accepted)); break;
        }
    }
    return accepting_ == Accepting::on && phase_ == Phase::serving;
}

/// A client that connected before the listeners close is answered like the others.
void Reactor::accept_backlog() {
    for (const net::Listener& listener : parts_.listeners) {
        while (connections_.size() < parts_.config.max_connections && accept_all(listener)) continue;
    }
}

/// Closes the connection that is unused longest, to make room. False when all are in use.
bool Reactor::make_room() {
    while (connections_.size() >= parts_.config.max_connections) {
        const std::optional<std::uint32_t> unused = idle_.first();
        if (!unused) return false;
        ConnectionTable::Slot& slot = connections_.at(*unused);
        // It may have received a request in this very turn.
        slot.connection->receive(turn_);
        if (slot.connection->is_unused()) {
            ++metrics_.connections_displaced;
            remove(slot.connection->token());
        } else {
            idle_.remove(*unused);
            enlist(slot, work_);
        }
    }
    return true;
}

void Reactor::accept_one(const net::Listener& listener, net::Accepted accepted) {
    const bool refused = !make_room();
    ++(refused ? metrics_.connections_refused : metrics_.connections_accepted);
    if (connections_.size() >= parts_.config.max_connections + kRefusedAtOnce) return;
    const int descriptor = accepted.fd.get();
    const net::Token token = connections_.next_token();
    const base::MonotonicMs now_ms = parts_.clock.now_ms();
    Transport transport(listener.make_stream(std::move(accepted.fd)), accepted.peer, now_ms);
    ConnectionTable::Slot& slot =
        connections_.add(std::make_unique<http1::Connection>(std::move(transport), token, now_ms), descriptor);
    if (refused) {
        settle(token, slot.connection->refuse(turn_));
        return;
    }
    // The request is often here already: a connection that ends with its answer never meets the poller.
    slot.connection->receive(turn_);
    work_.push_back(token);
}

void Reactor::pause_accepting() {
    accepting_ = Accepting::paused;
    ++metrics_.accept_pauses;
    const base::MonotonicMs now = parts_.clock.now_ms();
    accept_again_ms_ = now + kAcceptPauseMs;
    // Otherwise each closed connection could cause one more line.
    if (now >= tell_of_pause_ms_) {
        parts_.error_log.append(parts_.clock, "error", nullptr,
                                "out of file descriptors: accepting pauses until a connection closes");
        tell_of_pause_ms_ = now + kPauseLogMs;
    }
    for (const net::Listener& listener : parts_.listeners) parts_.poller.remove(listener.descriptor());
}

void Reactor::resume_accepting() {
    if (phase_ != Phase::serving) return;
    accepting_ = Accepting::on;
    for (std::size_t i = 0; i < parts_.listeners.size(); ++i) {
        const net::Token token{kFirstListenerSlot + static_cast<std::uint32_t>(i), 0};
        parts_.poller.add(parts_.listeners[i].descriptor(), token, net::Interest::read);
    }
}

}  // namespace server
