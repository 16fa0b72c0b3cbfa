// What is looked at after each step, and what must hold once everything has come to its end.
#include <algorithm>
#include <limits>
#include <utility>

#include "simulation/violation.h"
#include "simulation/world.h"

namespace simulation {
namespace {

/// Rounds in which everything that can go on goes on. More are never needed but where somebody waits for ever: a round
/// moves each connection by a turn's share, and a content has 300,000 bytes at most.
constexpr std::size_t kMostRounds = 3'000;
/// A connection with one byte of room needs a round for each byte of its answers.
constexpr std::size_t kRoomAtTheEnd = 65'536;
/// While all clients are silent, time passes in such spans, and no connection may last for more of them: together they
/// are longer than every deadline, with all the patience that a client can have earned.
constexpr std::int64_t kSilentSpanMs = 5'000;
constexpr std::size_t kMostSilentSpans = 200;

}  // namespace

Result simulate(const Settings& settings) {
    Result result;
    World(settings).run(result);
    return result;
}

void World::check_server() {
    if (const std::string fault = server_->find_fault(); !fault.empty()) throw Violation(fault);
    settle_lost_writes();
}

/// A write that nobody waits for any more may still be done, but not after its connection and all that it asked the
/// disk for have ended.
void World::settle_lost_writes() {
    std::erase_if(lost_, [&](LostWrite& lost) {
        if (!lost.wire->server_gone) return false;
        if (!lost.operations) lost.operations = server_->disk().next_number();
        if (!server_->disk().is_past(*lost.operations)) return false;
        knowledge_.names[lost.name].model.end(lost.write, Write::Outcome::unknown, ++knowledge_.now);
        return true;
    });
}

/// What a power loss would leave of the name now is what a reader may see now.
void World::check_durable(std::size_t number) {
    if (!in_memory_) return;
    const SharedName& name = knowledge_.names[number];
    const auto durable = server_->disk().durable.content(name.path);
    const Moment now = knowledge_.now + 1;
    if (name.model.may_be(durable, {now, now})) return;
    throw Violation("a write of /" + name.path + " was acknowledged, and after a power loss the file would be " +
                    (durable ? durable->substr(0, 16) : "gone") + "; " + name.model.describe({now, now}));
}

void World::calm_down(Random& random) {
    note("everything comes to its end");
    faults_ = SimulatedDisk::Faults::none;
    if (random.one_in(3)) fall_silent(random);
    finish_all(random);
    probe(random);
    finish_all(random);
    close_all(random);
    check_files();
    faults_ = SimulatedDisk::Faults::some;
}

/// No client sends, reads or leaves any more, whatever it was doing: each connection has a deadline that ends it.
void World::fall_silent(Random& random) {
    note("all clients are silent");
    for (std::size_t span = 0; server_->connections() > 0; ++span) {
        if (span == kMostSilentSpans)
            throw Violation("no deadline ends a connection whose client is silent: " + server_->describe_first());
        while (server_->disk().depth() > 0) server_->disk().complete(random, faults_);
        server_->turn(random, SimulatedServer::Readiness::all);
        check_server();
        if (server_->is_quiet()) advance_clock(kSilentSpanMs);
    }
}

/// Until every client that is connected has its answers.
void World::finish_all(Random& random) {
    for (std::size_t round = 0; round < kMostRounds; ++round) {
        for (SimulatedClient& client : clients_) {
            if (client.wire() == nullptr) continue;
            client.wire()->room_bytes = kRoomAtTheEnd;
            client.deliver(client.wire()->on_way.size(), clock_.now_ms());
            if (!client.wire()->unread.empty() || client.sees_end())
                read(client, std::numeric_limits<std::size_t>::max());
        }
        while (server_->disk().depth() > 0) server_->disk().complete(random, faults_);
        server_->turn(random, SimulatedServer::Readiness::all);
        check_server();
        const bool is_waited_for =
            std::ranges::any_of(clients_, [](const auto& client) { return !client.waiting().empty(); });
        if (!is_waited_for && server_->is_quiet() && server_->disk().depth() == 0) return;
        if (server_->is_quiet()) advance_clock(1);
    }
    throw Violation("an answer never comes: " + describe_waiting());
}

std::string World::describe_waiting() const {
    for (const SimulatedClient& client : clients_) {
        if (client.waiting().empty()) continue;
        const SimulatedRequest& request = client.waiting().front();
        return "client " + std::to_string(client.number()) + " waits for " + std::string(kind_name(request.kind)) +
               " /" + knowledge_.names[request.name].path;
    }
    return "nobody waits, and the server has work without end";
}

/// Every name can be written: none is held for ever.
void World::probe(Random& random) {
    SimulatedClient& client = clients_.front();
    for (std::size_t name = 0; name < knowledge_.names.size(); ++name) {
        if (client.wire() == nullptr || client.wire()->ends_after_way || client.sees_end()) {
            if (client.wire() != nullptr) leave(client, true);
            connect(client, random);
        }
        send(client, plan_request(random.one_in(2) ? RequestKind::put : RequestKind::remove, name, random, knowledge_,
                                  client.number()));
        send(client, plan_request(RequestKind::get, name, random, knowledge_, client.number()));
    }
}

void World::close_all(Random& random) {
    for (SimulatedClient& client : clients_) {
        if (client.wire() != nullptr) leave(client, random.one_in(2));
    }
    for (std::size_t round = 0; round < kMostRounds && server_->connections() > 0; ++round) {
        server_->turn(random, SimulatedServer::Readiness::all);
        while (server_->disk().depth() > 0) server_->disk().complete(random, faults_);
        if (server_->is_quiet()) advance_clock(1);
    }
    check_server();
    if (server_->connections() > 0) throw Violation("a connection outlives its client: " + server_->describe_first());
    if (server_->waiting_exchanges() > 0) throw Violation("an exchange is left in the table");
    if (server_->changes_under_way() > 0) throw Violation("a change is counted that nobody makes");
    if (!lost_.empty()) throw Violation("a write without a client never ends");
}

/// On the disk is what a reader may see, and nothing that is unfinished.
void World::check_files() {
    for (const SharedName& name : knowledge_.names) {
        const auto content =
            directory_.has(name.path) ? std::optional(directory_.read(name.path)) : std::optional<std::string>();
        const Moment now = ++knowledge_.now;
        if (name.model.may_be(content, {now, now})) continue;
        throw Violation("the file /" + name.path + " is " + (content ? content->substr(0, 16) : "gone") + "; " +
                        name.model.describe({now, now}));
    }
    for (const std::string& entry : directory_.list()) {
        if (is_unfinished(entry)) throw Violation("something unfinished was left: " + entry);
    }
}

}  // namespace simulation
