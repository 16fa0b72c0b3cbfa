// Credentials that were right some minutes ago, so that a client that sends them each time is checked once. Holds
// no password, only a keyed hash of the whole field. Owned by sign_in.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <unordered_map>

#include "access_control/keyed_hash.h"
#include "base/clock.h"
#include "http/user.h"

namespace access_control {

class CredentialCache {
public:
    static constexpr std::size_t kMostEntries = 1'000;

    /// `keep_ms`: how long an entry holds; 0: nothing is kept. `clock` outlives this.
    CredentialCache(const base::Clock& clock, base::MonotonicMs keep_ms);

    /// `field`: the value of Authorization as it was sent. Null: it is not known.
    [[nodiscard]] std::shared_ptr<const http::User> find(std::string_view field) const;
    /// Keeps credentials that were right. When there is no room, the oldest entry goes.
    void keep(std::string_view field, std::shared_ptr<const http::User> user);
    /// Called when the users change: forgets everything.
    void clear() { entries_.clear(); }
    [[nodiscard]] std::size_t size() const { return entries_.size(); }

private:
    /// 128 bits: two hashes under two keys.
    struct Key {
        std::uint64_t first = 0;
        std::uint64_t second = 0;
        friend bool operator==(const Key&, const Key&) = default;
    };
    struct KeyHash {
        std::size_t operator()(const Key& key) const noexcept { return key.first; }
    };
    struct Entry {
        std::shared_ptr<const http::User> user;
        base::MonotonicMs until_ms = 0;
    };

    [[nodiscard]] Key key_of(std::string_view field) const;
    void make_room();

    const base::Clock& clock_;
    base::MonotonicMs keep_ms_;
    HashKey first_ = make_hash_key();
    HashKey second_ = make_hash_key();
    std::unordered_map<Key, Entry, KeyHash> entries_;
};

}  // namespace access_control
