// Keys that protect session tickets (RFC 8446 §4.6.1, RFC 5077). They live in memory only and change every few hours,
// so that a key that leaks opens no older recording. Owned by the acceptor, called by OpenSSL through it.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "base/clock.h"

namespace tls {

struct TicketKey {
    std::array<unsigned char, 16> name;
    std::array<unsigned char, 32> cipher;
    std::array<unsigned char, 32> mac;
};

/// A key seals tickets for this long, and opens them for as long again.
inline constexpr base::MonotonicMs kTicketKeyMs = 6 * 60 * 60 * 1000;

class TicketKeys {
public:
    explicit TicketKeys(const base::Clock& clock);
    ~TicketKeys();
    TicketKeys(const TicketKeys&) = delete;
    TicketKeys& operator=(const TicketKeys&) = delete;

    /// The key that seals new tickets. Makes a new one when it is time.
    const TicketKey& sealing();
    /// The key of this name, or nullptr: the client makes a full handshake then.
    const TicketKey* find(std::span<const unsigned char, 16> name);
    /// True when tickets of `key` are to be replaced by new ones.
    [[nodiscard]] bool is_old(const TicketKey& key) const { return &key != &keys_[current_]; }

private:
    void rotate();

    const base::Clock& clock_;
    std::array<TicketKey, 2> keys_{};
    std::array<bool, 2> is_set_{};
    std::size_t current_ = 0;
    base::MonotonicMs made_ms_ = 0;
};

}  // namespace tls
