// One simulation: a server over real files in a directory of its own, clients, and the steps that the seed chooses.
// After each step the server's tables are looked at; every few hundred steps all that is under way comes to its end,
// and the files must be what the clients were promised. Made by the tests and by the command; see docs/simulation.md.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "simulation/client.h"
#include "simulation/requests.h"
#include "simulation/simulated_server.h"
#include "support/temp_dir.h"

namespace simulation {

struct Settings {
    std::uint64_t seed = 1;
    std::size_t steps = 2'000;
    std::size_t clients = 0;                           ///< 0: the seed chooses, up to kMostClients
    std::set<std::size_t> left_out_clients = {};       ///< they never act
    std::set<std::size_t> left_out_steps = {};         ///< nothing happens in them
    std::function<void(const std::string&)> say = {};  ///< is told what happens in each step; empty: nobody is
};

struct Counts {
    std::size_t steps = 0;
    std::size_t answers = 0;
    std::size_t connections = 0;
    std::size_t resets = 0;
    std::size_t restarts = 0;
    std::uint64_t disk_steps = 0;
    std::uint64_t faults = 0;
    std::array<std::size_t, kRequestKinds> requests{};

    void add(const Counts& other);
};

struct Result {
    std::optional<std::string> violation{};  ///< what the server did wrong; nullopt: nothing
    std::size_t failed_step = 0;             ///< in which that was seen
    Counts counts{};
    std::uint64_t trail = 0;  ///< differs between runs that differ anywhere
};

/// Runs to the end, or to the first violation.
[[nodiscard]] Result simulate(const Settings& settings);

/// The path of something that the server has not completed.
[[nodiscard]] inline bool is_unfinished(std::string_view path) { return path.find(".godwit-") != path.npos; }

inline constexpr std::size_t kMostClients = 300;

class World {
public:
    explicit World(const Settings& settings);
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    void run(Result& result);

private:
    void step(Random& random);
    void act(SimulatedClient& client, Random& random);
    void deliver(SimulatedClient& client, Random& random);
    void read(SimulatedClient& client, std::size_t count);
    void leave(SimulatedClient& client, bool resets);
    void look_for_end(SimulatedClient& client);
    void pass_time(Random& random);
    void restart();
    void replace_from_outside(Random& random);
    bool take(const SimulatedRequest& request, const ReceivedAnswer& answer);
    void send(SimulatedClient& client, SimulatedRequest request);
    void connect(SimulatedClient& client, Random& random);
    void advance_clock(std::int64_t milliseconds);

    void check_server();
    void settle_lost_writes();
    void calm_down(Random& random);
    void fall_silent(Random& random);
    void finish_all(Random& random);
    void probe(Random& random);
    void close_all(Random& random);
    void check_files();
    void check_durable(std::size_t name);
    void note(const std::string& line);
    [[nodiscard]] std::string describe_waiting() const;

    /// A write whose client is gone: it is decided once the connection and the operations of the disk have ended.
    struct LostWrite {
        std::size_t name;
        NameModel::Number write;
        std::shared_ptr<Wire> wire;
        std::optional<std::uint64_t> operations;  ///< of the disk, that were asked for when the connection had ended
    };

    const Settings& settings_;
    bool in_memory_;  ///< the directory is on a file system in memory: what is durable can be told
    support::TempDir directory_;
    FakeClock clock_;
    std::optional<SimulatedServer> server_;
    std::vector<SimulatedClient> clients_;
    Knowledge knowledge_;
    std::vector<LostWrite> lost_;
    Result* result_ = nullptr;
    SimulatedDisk::Faults faults_ = SimulatedDisk::Faults::some;
    std::size_t number_ = 0;  ///< of the step
};

}  // namespace simulation
