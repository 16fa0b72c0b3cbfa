// Slows down clients that guess passwords: by their address and by the name that they try. The first failures are free,
// then each one doubles the time until the next try. Owned by sign_in. Tables are bounded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <unordered_map>

#include "access_control/keyed_hash.h"
#include "base/clock.h"
#include "http/client.h"

namespace access_control {

class GuessLimits {
public:
    /// A person who mistypes should not have to wait, and several people may share one address.
    static constexpr unsigned kFreeByAddress = 5;
    /// Many addresses may try one name, and its owner must still get in.
    static constexpr unsigned kFreeByName = 20;
    static constexpr base::MonotonicMs kMostByAddressMs = 300'000;
    static constexpr base::MonotonicMs kMostByNameMs = 60'000;
    /// After so long without a failure all is forgotten.
    static constexpr base::MonotonicMs kForgetMs = 900'000;
    static constexpr std::size_t kMostEntries = 4'096;

    /// `clock` outlives this.
    explicit GuessLimits(const base::Clock& clock) : clock_(clock) {}

    /// Milliseconds until `client` may try `name` (empty: a token); 0: now.
    [[nodiscard]] base::MonotonicMs wait_ms(const http::ClientKey& client, std::string_view name) const;
    void note_failure(const http::ClientKey& client, std::string_view name);
    /// From here on others who try `name` do not slow this client down. Its own failures still count: an account of
    /// one's own is no licence to guess others.
    void note_success(const http::ClientKey& client, std::string_view name);

    [[nodiscard]] std::size_t size() const { return by_address_.size() + by_name_.size() + known_.size(); }

private:
    struct Failures {
        unsigned count = 0;
        base::MonotonicMs last_ms = 0;
        base::MonotonicMs until_ms = 0;
    };
    using Table = std::unordered_map<std::uint64_t, Failures>;

    [[nodiscard]] std::uint64_t key_of(const http::ClientKey& client, std::string_view name) const;
    [[nodiscard]] base::MonotonicMs left_ms(const Table& table, std::uint64_t key) const;
    Failures& entry(Table& table, std::uint64_t key) const;

    const base::Clock& clock_;
    HashKey key_ = make_hash_key();
    Table by_address_;
    Table by_name_;
    Table known_;  ///< clients and the names that they signed in with; only the time counts
};

}  // namespace access_control
