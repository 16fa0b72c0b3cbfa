// How many of something each client has, for a bound per client. Holds an entry only for clients that have any, so it
// is bounded by what is counted. Used by the reactor for connections.
#pragma once

#include <cstddef>
#include <unordered_map>

#include "http/client.h"

namespace server {

class ClientCounts {
public:
    void add(const http::ClientKey& client) { ++counts_[client]; }
    /// Undoes one add().
    void remove(const http::ClientKey& client) {
        const auto found = counts_.find(client);
        if (found != counts_.end() && --found->second == 0) counts_.erase(found);
    }
    [[nodiscard]] std::size_t of(const http::ClientKey& client) const {
        const auto found = counts_.find(client);
        return found == counts_.end() ? 0 : found->second;
    }
    [[nodiscard]] std::size_t clients() const { return counts_.size(); }

private:
    std::unordered_map<http::ClientKey, std::size_t, http::ClientKeyHash> counts_;
};

}  // namespace server
