// The requests of each client that are under way: those that were not answered at once and hold descriptors, memory or
// work. Owned by the reactor; asked by exchanges.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "base/counters.h"
#include "http/client_shares.h"
#include "server/server_config.h"

namespace server {

class RequestShares {
public:
    /// `config` outlives this.
    explicit RequestShares(const ServerConfig& config) : config_(config) {}

    /// False when the client has as many as it may; that is counted. Connections by unix sockets are not bounded: they
    /// are those of many clients.
    [[nodiscard]] bool admit(const http::Client& client) {
        if (client.key == http::ClientKey() || shares_.of(client.key) < config_.requests_per_client()) return true;
        ++over_share_;
        return false;
    }
    [[nodiscard]] http::ClientShares::Share count(const http::Client& client) { return shares_.count(client.key); }

    /// A request under way that may change what is stored, as long as this lives. The RequestShares outlives it.
    class Change {
    public:
        Change() = default;
        explicit Change(std::size_t& count) : count_(&count) { ++count; }
        Change(Change&& other) noexcept : count_(std::exchange(other.count_, nullptr)) {}
        Change& operator=(Change&& other) noexcept {
            std::swap(count_, other.count_);
            return *this;
        }
        ~Change() {
            if (count_ != nullptr) --*count_;
        }

    private:
        std::size_t* count_ = nullptr;
    };
    [[nodiscard]] Change count_change() { return Change(changes_); }
    [[nodiscard]] std::size_t changes() const { return changes_; }

    /// This outlives what is returned.
    [[nodiscard]] base::Counters::Registration register_counters(base::Counters& counters) const {
        return counters.add(
            {base::counter("requests_over_share", base::CounterKind::total,
                           "requests answered 429 because their client has too many under way", over_share_)});
    }

private:
    const ServerConfig& config_;
    http::ClientShares shares_;
    std::uint64_t over_share_ = 0;
    std::size_t changes_ = 0;
};

}  // namespace server
