// The loop: waits, receives for all ready connections, then advances the light ones, and heavy ones for their share of
// the turn, then keeps interests and deadlines in step with their states. The only code that sees both the poller and
// connections. Run by app/serve.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/arrival_clock.h"
#include "base/block_pool.h"
#include "base/clock.h"
#include "base/counters.h"
#include "base/memory_budget.h"
#include "handler/handler.h"
#include "http/head_writer.h"
#include "net/deadline_queue.h"
#include "net/listener.h"
#include "net/poller.h"
#include "net/signals.h"
#include "server/access_log.h"
#include "server/admin_side.h"
#include "server/audit_log.h"
#include "server/connection_table.h"
#include "server/exchange_table.h"
#include "server/heavy_queue.h"
#include "server/idle_list.h"
#include "server/log_upkeep.h"
#include "server/longest_turn.h"
#include "server/memory_ranking.h"
#include "server/memory_relief.h"
#include "server/metrics.h"
#include "server/server_config.h"
#include "server/turn.h"
#include "server/upkeep.h"
#include "storage/disk_queue.h"

namespace server {

class Reactor {
public:
    /// What the loop runs on; everything outlives the reactor.
    struct Parts {
        const ServerConfig& config;
        base::Clock& clock;
        net::Poller& poller;
        net::Signals& signals;
        std::vector<net::Listener>& listeners;
        handler::Handler& handler;
        base::ArrivalClock& arrivals;
        storage::DiskQueue& disk;
        AccessLog& access_log;
        AuditLog& audit_log;
        ErrorLog& error_log;
        base::Counters& counters;    ///< shown on SIGUSR1; the reactor adds its own
        base::MemoryBudget& memory;  ///< of all that is buffered; the reactor charges what connections hold
        Upkeep* upkeep = nullptr;    ///< null where there is nothing to look after
        std::optional<AdminParts> admin = std::nullopt;
    };

    explicit Reactor(const Parts& parts);
    ~Reactor();
    Reactor(const Reactor&) = delete;
    Reactor& operator=(const Reactor&) = delete;

    /// Registers the listeners. False when the poller refuses.
    [[nodiscard]] bool start();
    /// Runs until a signal ends it: the first signal lets requests in flight finish, the second one ends at once.
    void run();
    /// One turn, which first waits for something to do. run() repeats this until the end.
    void turn();

private:
    /// Tokens of listeners begin at these slots; no connection has one so high.
    static constexpr std::uint32_t kFirstListenerSlot = 0xFFFF'0000;
    static constexpr std::uint32_t kFirstAdminSlot = 0xFFFF'8000;

    enum class Phase : std::uint8_t { serving, stopping, over };
    enum class Accepting : std::uint8_t { on, paused };
    /// What a successor has taken over.
    enum class Leaving : std::uint8_t { nothing, sockets, all };

    [[nodiscard]] int wait_ms() const;
    void take_event(const net::Event& event);
    [[nodiscard]] base::Counters::Registration register_own(base::Counters& counters);
    /// What `slot` works with: that of the site, or that of the admin listeners.
    [[nodiscard]] Turn& turn_of(const ConnectionTable::Slot& slot) {
        return slot.is_admin ? admin_->turn(turn_.share) : turn_;
    }
    [[nodiscard]] IdleList& idle_of(const ConnectionTable::Slot& slot) { return slot.is_admin ? admin_->idle : idle_; }
    [[nodiscard]] std::size_t site_connections() const {
        return connections_.size() - (admin_ ? admin_->connections : 0);
    }
    [[nodiscard]] bool watch_listeners();
    bool accept_all(const net::Listener& listener);
    void accept_admin(const net::Listener& listener);
    void accept_backlog();
    enum class Room : std::uint8_t { made, full, over_share, no_memory };
    [[nodiscard]] Room make_room(const http::Client& client, net::Family family, std::size_t most);
    void count(Room room);
    [[nodiscard]] bool make_room_among(const IdleList& idle, std::optional<http::ClientKey> client);
    [[nodiscard]] bool displace(std::uint32_t slot);
    void accept_one(const net::Listener& listener, net::Accepted accepted);
    void accept_proxied(const net::Listener& listener, net::Accepted accepted, const http::Client& proxy);
    void introduce(ConnectionTable::Slot& slot);
    ConnectionTable::Slot& add_connection(const net::Listener& listener, net::Accepted accepted,
                                          const http::Client& client);
    void enlist(ConnectionTable::Slot& slot, std::vector<net::Token>& light);
    void queue(ConnectionTable::Slot& slot);
    void advance_all();
    void advance_light(net::Token token);
    void advance_heavy(base::MonotonicUs until);
    void hand_over(ConnectionTable::Slot& slot);
    void settle(net::Token token, Connection::Verdict verdict);
    [[nodiscard]] bool watch(ConnectionTable::Slot& slot, net::Interest wanted);
    [[nodiscard]] bool unwatch_for_commit(ConnectionTable::Slot& slot);
    void remove(net::Token token);
    void expire();
    void take_signals();
    void take_wakes();
    void tidy();
    void pause_accepting();
    void resume_accepting();
    void begin_stopping();
    void begin_finishing();
    void hand_over_sockets();
    void hand_over_writing();
    void close_unused();
    void advance_everybody();
    void end_turn();

    // Memory that is short: reactor_memory.cc. The first two are not inlined, because most requests pass their callers
    // without a call of them.
    [[gnu::noinline]] void weigh(std::uint32_t number, Connection& connection);
    [[gnu::noinline]] void relieve();
    [[nodiscard]] std::size_t high_water_for(std::size_t held) const;
    void end_relief();
    [[nodiscard]] bool cut_least_deserving();
    [[nodiscard]] bool has_memory_for_one();

    Parts parts_;
    base::BlockPool blocks_;
    ExchangeTable waiting_;
    RequestShares requests_;
    base::Counters::Registration request_shares_shown_;
    ExchangePool<http1::Exchange> exchanges_;
    ExchangePool<http2::Exchange> http2_exchanges_;
    http::DateLine date_;
    Metrics metrics_;
    base::Counters::Registration metrics_shown_;
    std::unique_ptr<std::byte[]> scratch_;
    Turn turn_;
    std::optional<AdminSide> admin_;  ///< none without admin listeners
    LogUpkeep logs_;
    base::Counters::Registration log_losses_shown_;
    net::DeadlineQueue deadlines_;
    http::ClientShares connections_of_;
    ConnectionTable connections_;
    std::uint64_t turns_ = 0;
    LongestTurn longest_turn_;
    std::vector<net::Token> work_;   ///< light ones to be advanced in this turn, each once, however often it is listed
    std::vector<net::Token> again_;  ///< to be advanced in the next one, which does not block
    HeavyQueue heavy_;               ///< heavy ones to be advanced when it is their turn, each once: Slot::queued
    std::vector<base::Wake> wakes_;
    std::optional<base::MonotonicMs> tidy_due_ms_;    ///< as the handler said in the last turn
    std::optional<base::MonotonicMs> upkeep_due_ms_;  ///< likewise the upkeep, where there is one
    Phase phase_ = Phase::serving;
    Accepting accepting_ = Accepting::on;
    Leaving leaving_ = Leaving::nothing;
    std::uint64_t closing_turn_ = 0;          ///< in which connections without a request were told to close
    unsigned rounds_since_closing_ = 0;       ///< of heavy connections, that ended in later turns
    base::MonotonicMs accept_again_ms_ = 0;   ///< when a pause ends without a closed connection
    base::MonotonicMs tell_of_pause_ms_ = 0;  ///< the next pause before this time is not logged
    IdleList idle_;                           ///< connections that no request uses
    MemoryRanking ranking_;
    MemoryRelief relief_;
    base::MonotonicMs close_unused_ms_ = 0;  ///< while stopping: when connections without a request are closed
    base::MonotonicMs stop_by_ms_ = 0;
    base::MonotonicMs submitted_ms_ = 0;  ///< when the disk queue last submitted
    base::Counters::Registration own_shown_;
    base::Counters::Registration relief_shown_;
};

}  // namespace server
