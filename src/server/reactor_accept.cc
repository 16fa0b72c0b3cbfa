// The half of the reactor that takes new connections: who is let in, who makes room, and what happens when descriptors
// run out.
#include "net/socket.h"
#include "server/http1/connection.h"
#include "server/proxied_connection.h"
#include "server/reactor.h"

namespace server {
namespace {

/// How many connections beyond the limit are told so by a 503; further ones are closed at once.
constexpr std::size_t kRefusedAtOnce = 64;
/// How many connections are accepted from one listener in one turn: existing connections come first.
constexpr int kAcceptsPerTurn = 64;
/// How many unused connections are looked at to find one of a client that has too many.
constexpr int kMostLookedAt = 1'000;
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
        while (site_connections() < parts_.config.max_connections && accept_all(listener)) continue;
    }
}

/// Closes an unused connection. False when it was used after all: a request may have arrived in this very turn.
bool Reactor::displace(std::uint32_t number) {
    ConnectionTable::Slot& slot = connections_.at(number);
    slot.connection->receive(turn_of(slot));
    if (slot.connection->is_unused()) {
        ++turn_of(slot).metrics.connections_displaced;
        remove(slot.connection->token());
        return true;
    }
    idle_of(slot).remove(number);
    enlist(slot, work_);
    return false;
}

/// Closes the connection of `idle` that is unused longest: of `client`, or of all. False when there is none.
bool Reactor::make_room_among(const IdleList& idle, std::optional<http::ClientKey> client) {
    int looked_at = 0;
    std::optional<std::uint32_t> unused = idle.first();
    while (unused && looked_at < kMostLookedAt) {
        const std::uint32_t number = *unused;
        unused = idle.after(number);
        ++looked_at;
        if (client && !connections_.at(number).share.is_of(*client)) continue;
        if (displace(number)) return true;
    }
    return false;
}

/// At the limit of `most` connections, or of those of one client, an unused one makes room; where memory is short, one
/// that holds much for long.
Reactor::Room Reactor::make_room(const http::Client& client, net::Family family, std::size_t most) {
    const bool is_one_client = !client.is_forwarded && family != net::Family::local;
    if (is_one_client && connections_of_.of(client.key) >= parts_.config.connections_per_client() &&
        !make_room_among(idle_, client.key)) {
        return Room::over_share;
    }
    while (site_connections() >= most) {
        if (!make_room_among(idle_, std::nullopt)) return Room::full;
    }
    return has_memory_for_one() ? Room::made : Room::no_memory;
}

void Reactor::count(Room room) {
    switch (room) {
        case Room::made: ++metrics_.connections_accepted; break;
        case Room::full: ++metrics_.connections_refused; break;
        case Room::over_share: ++metrics_.connections_over_share; break;
        case Room::no_memory: relief_.note_refused(); break;
    }
}

void Reactor::accept_one(const net::Listener& listener, net::Accepted accepted) {
    const bool is_secured = listener.address().scheme == net::Scheme::https;
    const http::Client client = client_of(accepted.peer, is_secured, parts_.config.trusted_proxies);
    if (parts_.config.proxy_protocol != net::ProxyVersions::none) {
        accept_proxied(listener, std::move(accepted), client);
        return;
    }
    const Room room = make_room(client, accepted.peer.family, parts_.config.max_connections);
    count(room);
    if (site_connections() >= parts_.config.max_connections + kRefusedAtOnce) return;
    ConnectionTable::Slot& slot = add_connection(listener, std::move(accepted), client);
    slot.share = connections_of_.count(client.key);
    if (room != Room::made) {
        settle(slot.connection->token(), slot.connection->refuse(turn_));
        return;
    }
    // The request is often here already: a connection that ends with its answer never meets the poller.
    slot.connection->receive(turn_);
    work_.push_back(slot.connection->token());
}

ConnectionTable::Slot& Reactor::add_connection(const net::Listener& listener, net::Accepted accepted,
                                               const http::Client& client) {
    const int descriptor = accepted.fd.get();
    const net::Token token = connections_.next_token();
    const base::MonotonicMs now_ms = parts_.clock.now_ms();
    Transport transport(listener.make_stream(std::move(accepted.fd)), accepted.peer, now_ms);
    transport.client = client;
    return connections_.add(std::make_unique<http1::Connection>(std::move(transport), token, now_ms), descriptor);
}

/// A connection that begins with a PROXY header. Whether there is room for its client is decided when that is known.
void Reactor::accept_proxied(const net::Listener& listener, net::Accepted accepted, const http::Client& proxy) {
    if (!proxy.is_forwarded) {
        ++metrics_.proxy_strangers;
        parts_.error_log.append(parts_.clock, "refused", &accepted.peer,
                                "with --proxy-protocol only a --trusted-proxy may connect");
        return;
    }
    (void)make_room(proxy, accepted.peer.family, parts_.config.max_connections);
    if (site_connections() >= parts_.config.max_connections + kRefusedAtOnce) {
        count(Room::full);
        return;
    }
    const int descriptor = accepted.fd.get();
    const net::Token token = connections_.next_token();
    const base::MonotonicMs now_ms = parts_.clock.now_ms();
    Transport transport(std::make_unique<net::SocketStream>(std::move(accepted.fd)), accepted.peer, now_ms);
    ConnectionTable::Slot& slot = connections_.add(
        std::make_unique<ProxiedConnection>(std::move(transport), token, listener, parts_.config, now_ms), descriptor);
    slot.share = connections_of_.count(proxy.key);
    slot.connection->receive(turn_);
    work_.push_back(token);
}

/// From here on the connection is that of the client whom its proxy named.
void Reactor::introduce(ConnectionTable::Slot& slot) {
    const net::Token token = slot.connection->token();
    idle_.remove(token.slot);
    ranking_.note(token.slot, 0);
    slot.share.reset();
    Transport transport = slot.connection->take_transport();
    const http::Client client = transport.client;
    const net::Family family = transport.peer.family;
    slot.connection = std::make_unique<http1::Connection>(std::move(transport), token, parts_.clock.now_ms());
    // This connection is counted among all of them already.
    const Room room = make_room(client, family, parts_.config.max_connections + 1);
    count(room);
    slot.share = connections_of_.count(client.key);
    if (room != Room::made) {
        settle(token, slot.connection->refuse(turn_));
        return;
    }
    slot.connection->receive(turn_);
    settle(token, slot.connection->advance(turn_));
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
    for (const net::Listener& listener : parts_.listeners) {
        if (listener.descriptor() >= 0) parts_.poller.remove(listener.descriptor());
    }
    if (!admin_) return;
    for (const net::Listener& listener : admin_->listeners()) parts_.poller.remove(listener.descriptor());
}

void Reactor::resume_accepting() {
    accepting_ = Accepting::on;
    (void)watch_listeners();
}

}  // namespace server
