// The steps. What every step may choose is bounded by small numbers, so that rare things meet often.
#include "simulation/world.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "simulation/steady_calls.h"
#include "simulation/violation.h"

namespace simulation {
namespace {

/// After so many steps everything under way comes to its end.
constexpr std::size_t kStepsBetweenCalms = 500;
constexpr std::size_t kMostPipelined = 6;
/// Of a generator that belongs to the calm after a step and not to the step.
constexpr std::uint64_t kCalm = std::uint64_t{1} << 40;
constexpr std::uint64_t kBeginning = std::uint64_t{1} << 41;

/// What another program writes before it takes a name that clients know.
constexpr const char* kOutsideName = "outside.tmp";

/// Directories are made in memory from here on, where the machine has a place for that.
bool use_memory() {
    constexpr const char* kPlace = "/dev/shm";
    struct statfs status{};
    if (::access(kPlace, W_OK) != 0 || ::statfs(kPlace, &status) != 0 || status.f_type != TMPFS_MAGIC) return false;
    return ::setenv("TMPDIR", kPlace, 1) == 0;
}

}  // namespace

void Counts::add(const Counts& other) {
    steps += other.steps;
    answers += other.answers;
    connections += other.connections;
    resets += other.resets;
    restarts += other.restarts;
    disk_steps += other.disk_steps;
    faults += other.faults;
    for (std::size_t kind = 0; kind < kRequestKinds; ++kind) requests[kind] += other.requests[kind];
}

World::World(const Settings& settings) : settings_(settings), in_memory_(use_memory()) {
    steady_calls(settings.seed, clock_.unix_ns());
    advance_clock(0);
    Random random = Random::of_step(settings.seed, kBeginning);
    const std::vector<std::size_t> crowds{2, 4, 8, 20, 60, kMostClients};
    const std::size_t chosen = random.pick(crowds);
    const std::size_t clients = settings.clients == 0 ? chosen : settings.clients;
    for (std::uint32_t number = 0; number < clients; ++number) clients_.emplace_back(number);
    std::vector<std::string> paths{"a.bin", "b.bin", "folder/c.bin", "folder/deep/d.bin", "folder/e.bin", "f/g.bin"};
    random.shuffle(paths);
    const std::size_t names = 1 + random.below(paths.size());
    for (std::size_t name = 0; name < names; ++name) {
        std::optional<std::string> content;
        if (random.one_in(2)) {
            content = make_content(++knowledge_.contents, 16 + random.below(5'000));
            directory_.write(paths[name], *content);
        }
        knowledge_.names.push_back({paths[name], NameModel(std::move(content))});
    }
    server_.emplace(directory_.path(), clock_);
    server_->disk().set_names_in_background(!random.one_in(4));
}

void World::run(Result& result) {
    result_ = &result;
    try {
        for (number_ = 1; number_ <= settings_.steps; ++number_) {
            if (!settings_.left_out_steps.contains(number_)) {
                Random random = Random::of_step(settings_.seed, number_);
                choose_residence(random.next());
                step(random);
                check_server();
            }
            ++result.counts.steps;
            if (number_ % kStepsBetweenCalms == 0 || number_ == settings_.steps) {
                Random random = Random::of_step(settings_.seed, number_ + kCalm);
                choose_residence(random.next());
                calm_down(random);
            }
        }
    } catch (const Violation& violation) {
        result.violation = violation.what();
        result.failed_step = number_;
    }
    result.counts.disk_steps = server_->disk().steps;
    result.counts.faults = server_->disk().faults_injected;
}

/// What happened, for a reader and for the comparison of runs.
void World::note(const std::string& line) {
    for (const char letter : line)
        result_->trail = (result_->trail ^ static_cast<unsigned char>(letter)) * 0x100000001B3;
    if (settings_.say) settings_.say(std::to_string(number_) + ": " + line);
}

void World::step(Random& random) {
    const std::size_t what = random.below(100);
    SimulatedClient& client = clients_[random.below(clients_.size())];
    const bool acts = !settings_.left_out_clients.contains(client.number());
    if (what < 20) {
        if (acts) act(client, random);
    } else if (what < 42) {
        if (acts) deliver(client, random);
    } else if (what < 66) {
        const std::size_t advanced = server_->turn(random, SimulatedServer::Readiness::some);
        note("the server had a turn for " + std::to_string(advanced));
    } else if (what < 82) {
        if (acts && client.wire() != nullptr) read(client, random.part_of(client.wire()->unread.size() + 1));
    } else if (what < 96) {
        for (std::size_t left = 1 + random.below(4); left > 0 && server_->disk().depth() > 0; --left) {
            server_->disk().complete(random, faults_);
        }
        knowledge_.faults = server_->disk().faults_injected;
        note("the disk worked, " + std::to_string(server_->disk().depth()) + " wait");
    } else if (what < 98) {
        pass_time(random);
    } else if (what < 99) {
        if (acts && client.wire() != nullptr) leave(client, !random.one_in(4));
    } else if (random.one_in(12)) {
        restart();
    } else if (random.one_in(2)) {
        replace_from_outside(random);
    } else if (acts && client.wire() != nullptr) {
        client.end();
        note("client " + std::to_string(client.number()) + " sends nothing more");
    }
}

void World::connect(SimulatedClient& client, Random& random) {
    const std::vector<std::size_t> rooms{1, 100, 5'000, 65'536};
    client.connect(random.pick(rooms), clock_.now_ms());
    server_->connect(client.wire(), client.number());
    ++result_->counts.connections;
}

void World::send(SimulatedClient& client, SimulatedRequest request) {
    ++result_->counts.requests[static_cast<std::size_t>(request.kind)];
    note("client " + std::to_string(client.number()) + " asks: " + std::string(kind_name(request.kind)) + " /" +
         knowledge_.names[request.name].path);
    client.send(std::move(request), clock_.now_ms());
}

void World::act(SimulatedClient& client, Random& random) {
    if (client.wire() == nullptr) connect(client, random);
    if (client.wire()->ends_after_way || client.waiting().size() >= kMostPipelined) return;
    const std::size_t requests = random.one_in(3) ? 1 + random.below(kMostPipelined) : 1;
    for (std::size_t i = 0; i < requests; ++i) send(client, plan_request(random, knowledge_, client.number()));
}

void World::deliver(SimulatedClient& client, Random& random) {
    if (client.wire() == nullptr) return;
    const std::size_t on_way = client.wire()->on_way.size();
    const std::size_t count = on_way == 0 ? 0 : random.part_of(on_way);
    client.deliver(count, clock_.now_ms());
    note("client " + std::to_string(client.number()) + ": " + std::to_string(count) + " of " + std::to_string(on_way) +
         " bytes arrive");
}

void World::read(SimulatedClient& client, std::size_t count) {
    if (client.wire() == nullptr) return;
    note("client " + std::to_string(client.number()) + " reads up to " + std::to_string(count) + " of " +
         std::to_string(client.wire()->unread.size()));
    client.read(count, clock_.now_ms(),
                [this](const auto& request, const auto& answer) { return take(request, answer); });
    look_for_end(client);
}

bool World::take(const SimulatedRequest& request, const ReceivedAnswer& answer) {
    ++result_->counts.answers;
    note(std::string(kind_name(request.kind)) + " /" + knowledge_.names[request.name].path + ": " +
         std::to_string(answer.status) + ", " + std::to_string(answer.body.size()) + " bytes");
    const bool succeeded = check_answer(request, answer, knowledge_);
    if (succeeded) check_durable(request.name);
    return succeeded;
}

void World::look_for_end(SimulatedClient& client) {
    if (!client.sees_end()) return;
    if (client.is_cut_without_reason(clock_.now_ms()))
        throw Violation("the connection of client " + std::to_string(client.number()) + " was ended without a reason");
    leave(client, true);
}

void World::leave(SimulatedClient& client, bool resets) {
    if (resets) ++result_->counts.resets;
    note("client " + std::to_string(client.number()) + (resets ? " leaves" : " closes"));
    const std::shared_ptr<Wire> wire = client.wire();
    for (const SimulatedRequest& request : client.leave(resets)) {
        if (request.write) lost_.push_back({request.name, *request.write, wire, std::nullopt});
    }
}

void World::advance_clock(std::int64_t milliseconds) {
    clock_.advance_ms(milliseconds);
    set_wall_clock(clock_.unix_ns());
    knowledge_.now_ms = clock_.now_ms();
}

void World::pass_time(Random& random) {
    const std::vector<std::int64_t> spans{1, 1, 1, 10, 10, 100, 100, 1'000, 5'000, 40'000};
    const std::int64_t span = random.pick(spans);
    advance_clock(span);
    note("time passes: " + std::to_string(span) + " ms");
}

/// Another program replaces a file in one call, and makes that durable, as an editor does.
void World::replace_from_outside(Random& random) {
    SharedName& name = knowledge_.names[random.below(knowledge_.names.size())];
    const std::string directory = directory_.at(name.folder());
    if (::access(directory.c_str(), W_OK) != 0) return;
    const std::string content = make_content(++knowledge_.contents, 16 + random.below(1'000));
    directory_.write(kOutsideName, content);
    if (::rename(directory_.at(kOutsideName).c_str(), directory_.at(name.path).c_str()) != 0) return;
    for (const std::string& synced : {directory_.at(name.path), directory}) {
        const base::Fd file(::open(synced.c_str(), O_RDONLY | O_CLOEXEC));
        server_->disk().durable.note_sync(file.get());
    }
    const Moment now = ++knowledge_.now;
    name.model.end(name.model.begin(content, now), Write::Outcome::done, now);
    note("another program replaces /" + name.path);
}

void World::restart() {
    ++result_->counts.restarts;
    note("the server starts again");
    for (SimulatedClient& client : clients_) {
        if (client.wire() != nullptr) client.expect_end();
    }
    server_->restart();
    // The sweep spares what its own process made, and the new server is in the same process here.
    for (const std::string& entry : directory_.list()) {
        if (is_unfinished(entry)) ::unlink(directory_.at(entry).c_str());
    }
}

}  // namespace simulation
