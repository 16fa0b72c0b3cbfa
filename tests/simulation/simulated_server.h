// A site and its connections under a loop that takes its events from the seed: which of those that are ready are looked
// at, in which order they receive and are advanced, how large their share is, which wakes come late. What it does with
// a connection is what server/reactor does. Driven by the world.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/connection_table.h"
#include "simulation/random.h"
#include "simulation/simulated_disk.h"
#include "simulation/wire.h"
#include "site/site.h"
#include "support/fake_clock.h"

namespace simulation {

class SimulatedServer {
public:
    /// Serves the directory `root`.
    SimulatedServer(std::string root, FakeClock& clock);
    ~SimulatedServer();
    SimulatedServer(const SimulatedServer&) = delete;
    SimulatedServer& operator=(const SimulatedServer&) = delete;

    /// A new connection of the client with this number.
    void connect(const std::shared_ptr<Wire>& wire, std::uint32_t client);

    /// How much of what is ready one turn looks at.
    enum class Readiness : std::uint8_t { some, all };
    /// One turn of the loop. Returns the connections that had work.
    std::size_t turn(Random& random, Readiness readiness);
    /// The end of the process at once, with what the disk has not done, and a new start.
    void restart();

    [[nodiscard]] SimulatedDisk& disk() { return disk_; }
    [[nodiscard]] std::size_t connections() const { return connections_.size(); }
    [[nodiscard]] std::size_t waiting_exchanges() const { return waiting_.size(); }
    [[nodiscard]] std::size_t changes_under_way() const { return requests_.changes(); }
    /// Nothing happens before an event, the end of an operation of the disk, or a later time.
    [[nodiscard]] bool is_quiet() const { return again_.empty() && late_.empty() && !wakes_.has_ready(); }
    /// What is wrong with the server's tables and bounds; empty when nothing is.
    [[nodiscard]] std::string find_fault();
    /// The first connection and what it waits for, for the words of a violation.
    [[nodiscard]] std::string describe_first();
    [[nodiscard]] const server::Metrics& metrics() const { return metrics_; }

private:
    struct Peer {
        net::Token token;
        std::shared_ptr<Wire> wire;
    };

    void start();
    void take_events(Random& random, Readiness readiness);
    void take_event(const Peer& peer);
    void take_wakes(Random& random, Readiness readiness);
    void settle(net::Token token, server::Connection::Verdict verdict);
    void watch(server::ConnectionTable::Slot& slot);
    void remove(net::Token token);
    void expire();
    [[nodiscard]] bool has_event(const server::ConnectionTable::Slot& slot, const Wire& wire) const;

    std::string root_name_;
    FakeClock& clock_;
    server::ServerConfig config_;
    base::WakeQueue wakes_;
    SimulatedDisk disk_{wakes_};
    base::MemoryBudget memory_{std::size_t{256} * 1024 * 1024};
    base::ArrivalClock arrivals_;
    std::optional<storage::FileRoot> root_;
    std::shared_ptr<site::SiteConfig> rules_ = std::make_shared<site::SiteConfig>();
    std::optional<site::Site> site_;

    base::BlockPool blocks_{server::kBlockBytes, 128};
    server::RequestShares requests_{config_};
    server::ExchangeTable waiting_;
    server::ExchangePool<server::http1::Exchange> exchanges_{128};
    server::ExchangePool<server::http2::Exchange> http2_exchanges_{128};
    http::DateLine date_;
    server::AccessLog access_log_{*server::LogFile::open("", 1), server::LogFormat::common};
    server::AuditLog audit_log_{*server::LogFile::open("", 1)};
    server::ErrorLog error_log_{*server::LogFile::open("", 2)};
    server::Metrics metrics_;
    std::vector<std::byte> scratch_;
    std::optional<server::Turn> turn_;
    server::ConnectionTable connections_;
    std::vector<Peer> peers_;
    std::vector<net::Token> again_;  ///< have more work, or wait for their turn
    std::vector<net::Token> work_;   ///< of this turn
    std::vector<base::Wake> late_;   ///< wakes that a later turn takes
};

}  // namespace simulation
