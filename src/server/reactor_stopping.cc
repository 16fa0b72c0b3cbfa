// The half of the reactor that comes to its end: when what is in flight is answered, or because another process of the
// server takes over (docs/decisions/0049-a-server-starts-its-successor.md).
#include "server/reactor.h"

namespace server {
namespace {

/// How long a stopping server answers requests on open connections: a client may have sent its next request before it
/// could learn that the server ends.
constexpr base::MonotonicMs kCloseUnusedAfterMs = 100;

}  // namespace

/// The sockets close: who connects from here on is refused.
void Reactor::begin_stopping() {
    accept_backlog();
    begin_finishing();
    if (parts_.upkeep != nullptr) parts_.upkeep->begin_stopping();
    for (net::Listener& listener : parts_.listeners) listener.close();
}

void Reactor::begin_finishing() {
    phase_ = Phase::stopping;
    turn_.stopping = Stopping::finishing;
    parts_.handler.begin_stopping();
    if (admin_) admin_->handler().begin_stopping();
    close_unused_ms_ = parts_.clock.now_ms() + kCloseUnusedAfterMs;
    stop_by_ms_ = parts_.clock.now_ms() + parts_.config.shutdown_grace_ms;
    advance_everybody();
}

/// The successor accepts who connects from here on, and who waits in the backlog.
void Reactor::hand_over_sockets() {
    const auto leave = [this](std::vector<net::Listener>& listeners) {
        for (net::Listener& listener : listeners) {
            // The successor has the same socket open, so that closing it alone would not end its events here.
            if (listener.descriptor() >= 0) parts_.poller.remove(listener.descriptor());
            listener.leave();
        }
    };
    leave(parts_.listeners);
    if (admin_) leave(admin_->listeners());
    leaving_ = Leaving::sockets;
    begin_finishing();
    parts_.upkeep->hand_over_sockets();
}

/// As soon as no request that may change something is under way, nor waits for its turn, and nothing that they began is
/// on its way to the disk.
void Reactor::hand_over_writing() {
    if (turn_.stopping != Stopping::closing || turns_ == closing_turn_ || !heavy_.is_between_rounds()) return;
    // What became heavy by what it received at last is asked in the next whole round.
    if (++rounds_since_closing_ < 2 || requests_.changes() > 0 || parts_.disk.depth() > 0) return;
    leaving_ = Leaving::all;
    parts_.handler.give_up_writing();
    parts_.upkeep->hand_over_writing();
}

/// Lets every connection see that the server stops: those without a request close.
void Reactor::close_unused() {
    turn_.stopping = Stopping::closing;
    closing_turn_ = turns_;
    rounds_since_closing_ = 0;
    advance_everybody();
}

/// Every connection looks at the new state of things in the next turn.
void Reactor::advance_everybody() {
    for (std::uint32_t slot = 0; slot < connections_.slots(); ++slot) {
        if (connections_.at(slot).connection != nullptr) enlist(connections_.at(slot), again_);
    }
}

}  // namespace server
