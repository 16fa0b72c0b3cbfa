// How much of something each client has at this moment, for a bound per client: connections, requests under way, forms,
// unfinished uploads and their bytes, memory that is held. Holds an entry only for clients that have any, so it is
// bounded by what is counted. Used by http/memory_share, server/ and features, each for what it owns.
#pragma once

#include <cstddef>
#include <cstdint>
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
        Share(Share&& other) noexcept
            : shares_(std::exchange(other.shares_, nullptr)), client_(other.client_), bytes_(other.bytes_) {}
        Share& operator=(Share&& other) noexcept {
            reset();
            shares_ = std::exchange(other.shares_, nullptr);
            client_ = other.client_;
            bytes_ = other.bytes_;
            return *this;
        }
        ~Share() { reset(); }
        void reset() {
            if (shares_ != nullptr) std::exchange(shares_, nullptr)->give_back(client_, bytes_);
        }
        /// How many bytes this holds now, 0 at first. Without effect where nothing is counted.
        void set_bytes(std::uint64_t bytes) {
            if (shares_ != nullptr) shares_->counts_.at(client_).bytes += bytes - std::exchange(bytes_, bytes);
        }
        /// What everything else holds that is counted for the same client.
        [[nodiscard]] std::uint64_t bytes_beside() const {
            return shares_ == nullptr ? 0 : shares_->bytes_of(client_) - bytes_;
        }
        [[nodiscard]] explicit operator bool() const { return shares_ != nullptr; }
        /// Whose it is; ClientKey() where nothing was counted.
        [[nodiscard]] const ClientKey& client() const { return client_; }
        [[nodiscard]] bool is_of(const ClientKey& client) const { return shares_ != nullptr && client_ == client; }

    private:
        friend class ClientShares;
        Share(ClientShares& shares, const ClientKey& client) : shares_(&shares), client_(client) {}

        ClientShares* shares_ = nullptr;
        ClientKey client_;
        std::uint64_t bytes_ = 0;
    };

    ClientShares() = default;
    ClientShares(const ClientShares&) = delete;
    ClientShares& operator=(const ClientShares&) = delete;

    [[nodiscard]] Share count(const ClientKey& client) {
        ++counts_[client].things;
        return {*this, client};
    }
    [[nodiscard]] std::size_t of(const ClientKey& client) const {
        const auto found = counts_.find(client);
        return found == counts_.end() ? 0 : found->second.things;
    }
    [[nodiscard]] std::uint64_t bytes_of(const ClientKey& client) const {
        const auto found = counts_.find(client);
        return found == counts_.end() ? 0 : found->second.bytes;
    }
    /// How many clients have any.
    [[nodiscard]] std::size_t clients() const { return counts_.size(); }

private:
    struct Count {
        std::size_t things = 0;
        std::uint64_t bytes = 0;
    };

    void give_back(const ClientKey& client, std::uint64_t bytes) {
        const auto found = counts_.find(client);
        found->second.bytes -= bytes;
        if (--found->second.things == 0) counts_.erase(found);
    }

    std::unordered_map<ClientKey, Count, ClientKeyHash> counts_;
};

}  // namespace http
