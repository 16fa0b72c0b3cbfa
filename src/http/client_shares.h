// How much of something each client has at this moment, for a bound per client: connections, requests under way, forms,
// unfinished uploads. Holds an entry only for clients that have any, so it is bounded by what is counted. Used by
// server/ and by features, each for what it owns.
#pragma once

#include <cstddef>
#include <unordered_map>
#include <utility>

#include "http/client.h"

namespace http {

class ClientShares {
public:
    /// Something that is counted for a client until the end of its scope. The shares outlive it.
    class Share {
    public:
        Share() = default;
        Share(Share&& other) noexcept : shares_(std::exchange(other.shares_, nullptr)), client_(other.client_) {}
        Share& operator=(Share&& other) noexcept {
            reset();
            shares_ = std::exchange(other.shares_, nullptr);
            client_ = other.client_;
            return *this;
        }
        ~Share() { reset(); }
        void reset() {
            if (shares_ != nullptr) std::exchange(shares_, nullptr)->give_back(client_);
        }
        [[nodiscard]] explicit operator bool() const { return shares_ != nullptr; }
        [[nodiscard]] bool is_of(const ClientKey& client) const { return shares_ != nullptr && client_ == client; }

    private:
        friend class ClientShares;
        Share(ClientShares& shares, const ClientKey& client) : shares_(&shares), client_(client) {}

        ClientShares* shares_ = nullptr;
        ClientKey client_;
    };

    ClientShares() = default;
    ClientShares(const ClientShares&) = delete;
    ClientShares& operator=(const ClientShares&) = delete;

    [[nodiscard]] Share count(const ClientKey& client) {
        ++counts_[client];
        return {*this, client};
    }
    [[nodiscard]] std::size_t of(const ClientKey& client) const {
        const auto found = counts_.find(client);
        return found == counts_.end() ? 0 : found->second;
    }
    /// How many clients have any.
    [[nodiscard]] std::size_t clients() const { return counts_.size(); }

private:
    void give_back(const ClientKey& client) {
        const auto found = counts_.find(client);
        if (--found->second == 0) counts_.erase(found);
    }

    std::unordered_map<ClientKey, std::size_t, ClientKeyHash> counts_;
};

}  // namespace http
