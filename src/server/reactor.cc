// One turn after the other.
#include "server/reactor.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "net/socket.h"
#include "server/exchange.h"
#include "server/http1/connection.h"
#include "server/http2/entry.h"

namespace server {
namespace {

// Tokens that are not of connections: connections never reach slots this high.
constexpr std::uint32_t kSignalSlot = 0xFFFF'FF00;
constexpr std::uint32_t kWakeSlot = 0xFFFF'FF01;

/// How often a server that leaves looks whether it changes nothing any more.
constexpr base::MonotonicMs kLookForEndMs = 10;
/// The longest time before queued syncs are submitted: a round of heavy connections may take longer.
constexpr base::MonotonicMs kSubmitWithinMs = 10;
/// Unused blocks and exchanges kept for the next turn.
constexpr std::size_t kBlocksKept = 128;
constexpr std::size_t kExchangesKept = 128;

}  // namespace

Reactor::Reactor(const Parts& parts)
    : parts_(parts),
      blocks_(kBlockBytes, kBlocksKept),
      requests_(parts.config),
      request_shares_shown_(requests_.register_counters(parts.counters)),
      exchanges_(kExchangesKept),
      http2_exchanges_(kExchangesKept),
      metrics_shown_(register_counters(parts.counters, metrics_)),
      scratch_(new std::byte[kScratchBytes]),
      turn_{.config = parts.config,
            .clock = parts.clock,
            .handler = parts.handler,
            .blocks = blocks_,
            .exchanges = exchanges_,
            .http2_exchanges = http2_exchanges_,
            .requests = requests_,
            .waiting = waiting_,
            .arrivals = parts.arrivals,
            .date = date_,
            .access_log = parts.access_log,
            .audit_log = parts.audit_log,
            .error_log = parts.error_log,
            .metrics = metrics_,
            .scratch = {scratch_.get(), kScratchBytes}},
      logs_(parts.access_log, parts.audit_log, parts.error_log),
      log_losses_shown_(logs_.register_counters(parts.counters)),
      ranking_(parts.memory),
      relief_(parts.memory) {
    if (parts.admin) admin_.emplace(*parts.admin, turn_);
    own_shown_ = register_own(parts.counters);
    relief_shown_ = relief_.register_counters(parts.counters);
}

Reactor::~Reactor() = default;

bool Reactor::start() {
    if (!watch_listeners()) return false;
    if (!parts_.poller.add(parts_.signals.descriptor(), {kSignalSlot, 0}, net::Interest::read)) return false;
    tidy_due_ms_ = parts_.handler.tidy_due();
    if (parts_.upkeep != nullptr) upkeep_due_ms_ = parts_.upkeep->due();
    const int wakes = parts_.disk.wakes().descriptor();
    const auto watch = [&](int descriptor) {
        return parts_.poller.add(descriptor, {kWakeSlot, 0}, net::Interest::read);
    };
    return (wakes < 0 || watch(wakes)) && std::ranges::all_of(parts_.disk.descriptors(), watch);
}

void Reactor::run() {
    while (phase_ != Phase::over) turn();
    for (std::uint32_t slot = 0; slot < connections_.slots(); ++slot) {
        if (Connection* connection = connections_.at(slot).connection.get()) {
            connection->abandon(turn_of(connections_.at(slot)), "the server stopped");
            remove(connection->token());
        }
    }
    heavy_ = {};
    end_turn();
}

/// How long the poller may wait, in milliseconds; -1 is without end.
int Reactor::wait_ms() const {
    if (!again_.empty() || !heavy_.empty() || parts_.disk.wakes().has_ready()) return 0;
    std::optional<base::MonotonicMs> until = deadlines_.earliest();
    const auto at_most = [&](base::MonotonicMs time) { until = until ? std::min(*until, time) : time; };
    const base::MonotonicMs now = parts_.clock.now_ms();
    if (accepting_ == Accepting::paused) at_most(accept_again_ms_);
    if (tidy_due_ms_) at_most(*tidy_due_ms_);
    if (upkeep_due_ms_) at_most(*upkeep_due_ms_);
    if (const auto due = parts_.disk.wakes().due()) at_most(*due);
    if (leaving_ == Leaving::sockets) at_most(now + kLookForEndMs);
    if (phase_ == Phase::stopping) {
        at_most(turn_.stopping == Stopping::finishing ? close_unused_ms_ : stop_by_ms_);
    }
    if (!until) return -1;
    return static_cast<int>(std::clamp<base::MonotonicMs>(*until - now, 0, 60'000));
}

void Reactor::turn() {
    ++turns_;
    std::swap(work_, again_);
    const std::span<const net::Event> events = parts_.poller.wait(work_.empty() ? wait_ms() : 0);
    parts_.clock.update();
    const base::MonotonicUs begun_us = admin_ ? parts_.clock.read_us() : 0;
    // All receives come before all answers: what is read from the file system after this point is not older than any of
    // these requests.
    for (const net::Event& event : events) take_event(event);
    take_wakes();
    advance_all();
    expire();
    tidy();
    if (accepting_ == Accepting::paused && parts_.clock.now_ms() >= accept_again_ms_) resume_accepting();
    if (turn_.stopping == Stopping::finishing && parts_.clock.now_ms() >= close_unused_ms_) close_unused();
    if (leaving_ == Leaving::sockets) hand_over_writing();
    end_turn();
    if (admin_) longest_turn_.note(parts_.clock.read_us() - begun_us, parts_.clock.now_ms());
    if (phase_ == Phase::stopping && (site_connections() == 0 || parts_.clock.now_ms() >= stop_by_ms_)) {
        phase_ = Phase::over;
    }
}

void Reactor::take_event(const net::Event& event) {
    if (event.token.slot >= kFirstListenerSlot) {
        if (event.token.slot == kSignalSlot) {
            take_signals();
        } else if (event.token.slot == kWakeSlot) {
            parts_.disk.wakes().silence();
            parts_.disk.reap();
        } else if (event.token.slot >= kFirstAdminSlot) {
            accept_admin(admin_->listeners()[event.token.slot - kFirstAdminSlot]);
        } else {
            accept_all(parts_.listeners[event.token.slot - kFirstListenerSlot]);
        }
        return;
    }
    ConnectionTable::Slot* slot = connections_.find(event.token);
    // A connection that waits for its turn receives in that turn; the event comes back until then.
    if (slot == nullptr || slot->queued) return;
    // Nothing is wanted from a peer that is gone while the disk works, and the event would come back for ever.
    if ((event.hung_up || event.error) && slot->interest == net::Interest::none) {
        if (!slot->connection->has_pending_work()) {
            ++turn_of(*slot).metrics.responses_aborted;
            slot->connection->abandon(turn_of(*slot), "the peer was gone before the answer");
            remove(event.token);
            return;
        }
        parts_.poller.remove(slot->descriptor);
        slot->watched = false;
        return;
    }
    if (event.readable || event.hung_up || event.error || slot->connection->receives_at_any_event()) {
        slot->connection->receive(turn_of(*slot));
    }
    enlist(*slot, work_);
}

/// Puts a connection that has work into `light`, or into the queue of heavy ones.
void Reactor::enlist(ConnectionTable::Slot& slot, std::vector<net::Token>& light) {
    if (slot.connection->weight() == Weight::light) {
        light.push_back(slot.connection->token());
    } else {
        queue(slot);
    }
}

/// Puts a connection behind all of its client that wait for a turn among the heavy ones.
void Reactor::queue(ConnectionTable::Slot& slot) {
    if (slot.queued) return;
    slot.queued = true;
    heavy_.push(slot.connection->token(), slot.share.client());
}

/// Advances all light connections, then heavy ones for their share. Time is read only when there are heavy ones.
void Reactor::advance_all() {
    const base::MonotonicUs begun = heavy_.empty() ? 0 : parts_.clock.read_us();
    const std::uint64_t sent = metrics_.bytes_sent;
    turn_.share = TurnShare::among(work_.size());
    // By number: a connection that makes room for another one may turn out to have work, and be added.
    std::size_t next = 0;
    while (next < work_.size()) advance_light(work_[next++]);
    work_.clear();
    // A connection that turns heavy sends nothing before it waits, so a new connection with an upload does not count as
    // light.
    if (metrics_.bytes_sent != sent) heavy_.note_light(parts_.clock.now_ms());
    if (heavy_.empty()) return;
    const base::MonotonicUs now = parts_.clock.read_us();
    const base::MonotonicMs now_ms = parts_.clock.now_ms();
    turn_.share =
        heavy_.is_light_about(now_ms) ? TurnShare::heavy_among_light() : TurnShare::heavy_alone(heavy_.size());
    advance_heavy(now + heavy_.share_us(now_ms, begun == 0 ? 0 : now - begun));
}

void Reactor::advance_light(net::Token token) {
    ConnectionTable::Slot* slot = connections_.find(token);
    // Left-over work and an event may name the same connection, which must not have its share twice.
    if (slot == nullptr || slot->turn == turns_) return;
    slot->turn = turns_;
    settle(token, slot->connection->advance(turn_of(*slot)));
}

/// Advances heavy connections one after the other until `until` or the end of the round, also those that turned heavy
/// in this turn.
void Reactor::advance_heavy(base::MonotonicUs until) {
    do {
        const net::Token token = heavy_.pop();
        ConnectionTable::Slot* slot = connections_.find(token);
        if (slot == nullptr) continue;
        slot->queued = false;
        settle(token, slot->connection->advance(turn_of(*slot)));
    } while (!heavy_.is_between_rounds() && parts_.clock.read_us() < until);
}

/// The socket, and what has arrived on it, goes to a connection that speaks HTTP/2.
void Reactor::hand_over(ConnectionTable::Slot& slot) {
    const net::Token token = slot.connection->token();
    idle_of(slot).remove(token.slot);  // it is weighed anew
    slot.connection = http2::make_connection(slot.connection->take_transport(), token, parts_.clock.now_ms());
    ++turn_of(slot).metrics.http2.connections;
    settle(token, slot.connection->advance(turn_of(slot)));
}

/// After a connection's turn: keeps the poller and the deadline in step with its state.
void Reactor::settle(net::Token token, Connection::Verdict verdict) {
    ConnectionTable::Slot& slot = *connections_.find(token);
    switch (verdict) {
        case Connection::Verdict::close: remove(token); return;
        case Connection::Verdict::hand_over: hand_over(slot); return;
        case Connection::Verdict::introduced: introduce(slot); return;
        case Connection::Verdict::again:
        case Connection::Verdict::wait: break;
    }
    const bool is_unused = slot.connection->is_unused();
    IdleList& idle = idle_of(slot);
    // A connection that was unused before, and still is, holds what it held then.
    if (!is_unused || !idle.has(token.slot)) weigh(token.slot, *slot.connection);
    if (verdict == Connection::Verdict::again) {
        // A light connection waits in the queue, too: it has more to do than its share, and others have theirs to do.
        queue(slot);
    } else if (!watch(slot, slot.connection->interest()) && !unwatch_for_commit(slot)) {
        // A commit needs no event of the peer: it goes on, and the answer is sent when it is there.
        remove(token);
        return;
    }
    if (const auto due = slot.connection->deadline(parts_.config)) {
        deadlines_.set(token.slot, *due);
    } else {
        deadlines_.clear(token.slot);
    }
    if (is_unused) {
        idle.push(token.slot);
    } else {
        idle.remove(token.slot);
    }
}

/// False when the poller refuses: no event of such a connection would ever come again.
bool Reactor::watch(ConnectionTable::Slot& slot, net::Interest wanted) {
    if (slot.watched && slot.interest == wanted) return true;
    // Nothing of the peer can end work that has to go on; all other work ends when the peer hangs up.
    if (!slot.watched && wanted == net::Interest::none && slot.connection->has_pending_work()) return true;
    const net::Token token = slot.connection->token();
    const bool done = slot.watched ? parts_.poller.modify(slot.descriptor, token, wanted)
                                   : parts_.poller.add(slot.descriptor, token, wanted);
    if (!done) {
        parts_.error_log.append(parts_.clock, "error", nullptr, "cannot watch a connection", std::strerror(errno));
        return false;
    }
    slot.watched = true;
    slot.interest = wanted;
    return true;
}

/// False when the connection waits for more than the end of its commit.
bool Reactor::unwatch_for_commit(ConnectionTable::Slot& slot) {
    if (!slot.connection->has_pending_work()) return false;
    if (slot.watched) parts_.poller.remove(slot.descriptor);
    slot.watched = false;
    slot.interest = net::Interest::none;
    return true;
}

void Reactor::remove(net::Token token) {
    if (const auto* slot = connections_.find(token); slot != nullptr) {
        if (slot->is_admin) --admin_->connections;
        idle_of(*slot).remove(token.slot);
    }
    deadlines_.clear(token.slot);
    ranking_.note(token.slot, 0);
    connections_.erase(token);
    if (accepting_ == Accepting::paused) resume_accepting();
}

void Reactor::expire() {
    while (const std::optional<std::uint32_t> number = deadlines_.pop_expired(parts_.clock.now_ms())) {
        const ConnectionTable::Slot& slot = connections_.at(*number);
        // A queued connection is not late: its deadline is set anew after its turn.
        if (slot.connection == nullptr || slot.queued) continue;
        settle(slot.connection->token(), slot.connection->expire(turn_of(slot)));
    }
}

/// Nothing changes between the end of a turn and the next wait, so the times that are found here hold for both.
void Reactor::tidy() {
    if (parts_.upkeep != nullptr) {
        upkeep_due_ms_ = parts_.upkeep->due();
        if (*upkeep_due_ms_ <= parts_.clock.now_ms()) {
            parts_.upkeep->advance();
            if (phase_ == Phase::serving && parts_.upkeep->successor()) hand_over_sockets();
            upkeep_due_ms_ = parts_.upkeep->due();
        }
    }
    tidy_due_ms_ = parts_.handler.tidy_due();
    if (!tidy_due_ms_ || *tidy_due_ms_ > parts_.clock.now_ms()) return;
    parts_.handler.tidy();
    tidy_due_ms_ = parts_.handler.tidy_due();
}

void Reactor::take_wakes() {
    wakes_.clear();
    parts_.disk.wakes().take(wakes_, parts_.clock.now_ms());
    for (const base::Wake wake : wakes_) {
        Exchange* exchange = waiting_.find(net::Token::unpack(wake));
        if (exchange == nullptr) continue;
        ConnectionTable::Slot& slot = *connections_.find(exchange->connection());
        slot.connection->wake(*exchange);
        enlist(slot, work_);
    }
}

void Reactor::take_signals() {
    while (const std::optional<int> signal = parts_.signals.next()) {
        switch (*signal) {
            case SIGHUP:
                logs_.reopen(parts_.clock);
                if (parts_.upkeep != nullptr) parts_.upkeep->reload();
                break;
            case SIGUSR1:
                logs_.reopen(parts_.clock);
                parts_.error_log.append(parts_.clock, "notice", nullptr, base::counters_line(parts_.counters));
                break;
            case SIGUSR2:
                if (parts_.upkeep != nullptr && phase_ == Phase::serving) parts_.upkeep->upgrade();
                break;
            case SIGTERM:
            case SIGINT:
                if (phase_ == Phase::serving) {
                    begin_stopping();
                } else {
                    phase_ = Phase::over;
                }
                break;
            default: break;
        }
    }
}

void Reactor::end_turn() {
    // The syncs of a round go to the kernel together.
    const base::MonotonicMs now = parts_.clock.now_ms();
    const bool is_due = heavy_.is_between_rounds() || now - submitted_ms_ >= kSubmitWithinMs;
    if (is_due && phase_ != Phase::over) {
        parts_.disk.submit();
        submitted_ms_ = now;
    }
    if (parts_.memory.held() >= parts_.memory.tight_from() || relief_.is_under_way()) relieve();
    logs_.flush(parts_.clock);
}

}  // namespace server
