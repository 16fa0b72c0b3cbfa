// The loop of server/reactor without a poller; what is decided there by time and load is decided here by the seed.
#include "simulation/simulated_server.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "server/exchange.h"
#include "server/http1/connection.h"
#include "server/http2/entry.h"

namespace simulation {
namespace {

using server::Connection;

/// What one connection may hold at most: output up to the high-water mark and one piece behind it, input, an exchange.
constexpr std::size_t kMostHeldBytes = std::size_t{2} * 1024 * 1024;

server::TurnShare share_of(Random& random) {
    switch (random.below(4)) {
        case 0: return server::TurnShare::heavy_among_light();
        case 1: return server::TurnShare::heavy_alone(1 + random.below(8));
        case 2: return {server::kLeastTurnBytes, 1, 1};
        default: return server::TurnShare::among(1 + random.below(64));
    }
}

}  // namespace

SimulatedServer::SimulatedServer(std::string root, FakeClock& clock)
    : root_name_(std::move(root)), clock_(clock), scratch_(server::kScratchBytes) {
    rules_->allow_upload = rules_->allow_replace = rules_->allow_delete = true;
    rules_->answers_any_host = true;
    start();
    disk_.durable.take_all(root_->descriptor());
}

SimulatedServer::~SimulatedServer() {
    for (const Peer& peer : std::vector(peers_)) {
        connections_.find(peer.token)->connection->abandon(*turn_, "the server stopped");
        remove(peer.token);
    }
    site_.reset();
    disk_.drop_all();
}

void SimulatedServer::start() {
    auto opened = storage::FileRoot::open(root_name_, rules_->symlinks);
    if (!opened) throw std::runtime_error(opened.error());
    site_.reset();
    root_.emplace(std::move(*opened));
    site_.emplace(*root_, rules_, clock_, arrivals_, disk_, memory_);
    turn_.emplace(server::Turn{.config = config_,
                               .clock = clock_,
                               .handler = *site_,
                               .blocks = blocks_,
                               .exchanges = exchanges_,
                               .http2_exchanges = http2_exchanges_,
                               .requests = requests_,
                               .waiting = waiting_,
                               .arrivals = arrivals_,
                               .date = date_,
                               .access_log = access_log_,
                               .audit_log = audit_log_,
                               .error_log = error_log_,
                               .metrics = metrics_,
                               .scratch = scratch_});
}

void SimulatedServer::restart() {
    for (const Peer& peer : std::vector(peers_)) {
        connections_.find(peer.token)->connection->abandon(*turn_, "the server stopped");
        remove(peer.token);
    }
    again_.clear();
    late_.clear();
    disk_.drop_all();
    turn_.reset();
    start();
    // A process ended and not the machine: the kernel writes what it holds before anything is lost.
    disk_.durable.take_all(root_->descriptor());
}

void SimulatedServer::connect(const std::shared_ptr<Wire>& wire, std::uint32_t client) {
    const net::Token token = connections_.next_token();
    server::Transport transport(std::make_unique<SimulatedStream>(wire), net::PeerAddress{}, clock_.now_ms());
    transport.client.key = {.high = 1, .low = client};
    connections_.add(std::make_unique<server::http1::Connection>(std::move(transport), token, clock_.now_ms()), -1);
    peers_.push_back({token, wire});
    connections_.find(token)->watched = true;
    connections_.find(token)->interest = net::Interest::read;
}

std::size_t SimulatedServer::turn(Random& random, Readiness readiness) {
    std::swap(work_, again_);
    // Of those that wait for their turn, some wait longer.
    if (readiness == Readiness::some) {
        random.shuffle(work_);
        while (work_.size() > 1 && random.one_in(3)) {
            again_.push_back(work_.back());
            work_.pop_back();
        }
    }
    take_events(random, readiness);
    take_wakes(random, readiness);
    random.shuffle(work_);
    std::vector<net::Token> advanced;
    for (const net::Token token : std::exchange(work_, {})) {
        server::ConnectionTable::Slot* const slot = connections_.find(token);
        if (slot == nullptr || std::ranges::find(advanced, token) != advanced.end()) continue;
        advanced.push_back(token);
        slot->queued = false;
        turn_->share = share_of(random);
        const bool is_short = random.one_in(16);
        slot->connection->set_high_water(is_short ? server::kHeldBackBytes : server::kHighWaterBytes);
        settle(token, slot->connection->advance(*turn_));
    }
    expire();
    if (const auto due = site_->tidy_due(); due && *due <= clock_.now_ms()) site_->tidy();
    return advanced.size();
}

bool SimulatedServer::has_event(const server::ConnectionTable::Slot& slot, const Wire& wire) const {
    if (!slot.watched || slot.queued) return false;
    const auto wants = [&](net::Interest one) {
        return (static_cast<unsigned>(slot.interest) & static_cast<unsigned>(one)) != 0;
    };
    if (wire.reset) return true;
    return (wants(net::Interest::read) && wire.is_readable()) || (wants(net::Interest::write) && wire.is_writable());
}

void SimulatedServer::take_events(Random& random, Readiness readiness) {
    std::vector<Peer> ready;
    for (const Peer& peer : peers_) {
        if (has_event(*connections_.find(peer.token), *peer.wire)) ready.push_back(peer);
    }
    random.shuffle(ready);
    // As one wait of the poller gives some of them.
    if (readiness == Readiness::some && ready.size() > 1) ready.resize(1 + random.below(ready.size()));
    for (const Peer& peer : ready) take_event(peer);
}

void SimulatedServer::take_event(const Peer& peer) {
    server::ConnectionTable::Slot& slot = *connections_.find(peer.token);
    if (peer.wire->reset && slot.interest == net::Interest::none) {
        if (!slot.connection->has_pending_work()) {
            slot.connection->abandon(*turn_, "the peer was gone before the answer");
            remove(peer.token);
            return;
        }
        slot.watched = false;
        return;
    }
    if (peer.wire->is_readable()) slot.connection->receive(*turn_);
    work_.push_back(peer.token);
}

void SimulatedServer::take_wakes(Random& random, Readiness readiness) {
    std::vector<base::Wake> wakes = std::exchange(late_, {});
    wakes_.take(wakes, clock_.now_ms());
    random.shuffle(wakes);
    for (const base::Wake wake : wakes) {
        if (readiness == Readiness::some && random.one_in(4)) {
            late_.push_back(wake);
            continue;
        }
        server::Exchange* const exchange = waiting_.find(net::Token::unpack(wake));
        if (exchange == nullptr) continue;
        const net::Token token = exchange->connection();
        connections_.find(token)->connection->wake(*exchange);
        work_.push_back(token);
    }
}

void SimulatedServer::settle(net::Token token, Connection::Verdict verdict) {
    server::ConnectionTable::Slot& slot = *connections_.find(token);
    switch (verdict) {
        case Connection::Verdict::close: return remove(token);
        case Connection::Verdict::introduced: return;
        case Connection::Verdict::hand_over:
            slot.connection = server::http2::make_connection(slot.connection->take_transport(), token, clock_.now_ms());
            return settle(token, slot.connection->advance(*turn_));
        case Connection::Verdict::again:
            slot.queued = true;
            again_.push_back(token);
            return;
        case Connection::Verdict::wait: return watch(slot);
    }
}

void SimulatedServer::watch(server::ConnectionTable::Slot& slot) {
    const net::Interest wanted = slot.connection->interest();
    if (!slot.watched && wanted == net::Interest::none && slot.connection->has_pending_work()) return;
    slot.watched = true;
    slot.interest = wanted;
}

void SimulatedServer::remove(net::Token token) {
    std::erase_if(peers_, [&](const Peer& peer) { return peer.token == token; });
    connections_.erase(token);
}

void SimulatedServer::expire() {
    for (const Peer& peer : std::vector(peers_)) {
        server::ConnectionTable::Slot* const slot = connections_.find(peer.token);
        if (slot == nullptr || slot->queued) continue;
        const auto due = slot->connection->deadline(config_);
        if (due && *due <= clock_.now_ms()) settle(peer.token, slot->connection->expire(*turn_));
    }
}

std::string SimulatedServer::describe_first() {
    if (peers_.empty()) return "none";
    const Wire& wire = *peers_.front().wire;
    const server::ConnectionTable::Slot& slot = *connections_.find(peers_.front().token);
    std::string text = "interest " + std::to_string(static_cast<int>(slot.interest));
    text += slot.queued ? ", waits for its turn" : "";
    text += slot.watched ? "" : ", not watched";
    text += slot.connection->has_pending_work() ? ", has pending work" : "";
    text += ", " + std::to_string(wire.arrived.size()) + " bytes have arrived, " + std::to_string(wire.unread.size()) +
            " of " + std::to_string(wire.room_bytes) + " are unread";
    text += wire.ended ? ", ended" : "";
    text += wire.reset ? ", reset" : "";
    text += wire.server_ended ? ", ended by the server" : "";
    return text;
}

std::string SimulatedServer::find_fault() {
    if (connections_.size() != peers_.size()) return "the table of connections holds one that is gone";
    std::size_t working = 0;
    for (const Peer& peer : peers_) {
        Connection& connection = *connections_.find(peer.token)->connection;
        if (peer.wire->server_gone) return "a connection has lost its stream";
        if (peer.wire->sent_after_end) return "bytes were sent after the end of the connection was";
        if (connection.held_bytes() > kMostHeldBytes) return "a connection holds more than it may";
        if (connection.has_pending_work()) ++working;
    }
    if (waiting_.size() > peers_.size()) return "more exchanges wait than there are connections";
    if (working > waiting_.size()) return "pending work has nothing that wakes it";
    return {};
}

}  // namespace simulation
