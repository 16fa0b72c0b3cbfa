// Memory that all work of one kind may hold together: each takes from the share and gives back. One client holds at
// most as much as it leaves to the others. Made by site/site_state and listings/listing_shares; listings and archives
// hold memory of it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "http/client_shares.h"

namespace http {

class MemoryShare {
public:
    explicit MemoryShare(std::size_t max_bytes) : bytes_left_(max_bytes) {}
    MemoryShare(const MemoryShare&) = delete;
    MemoryShare& operator=(const MemoryShare&) = delete;

    [[nodiscard]] std::size_t bytes_left() const { return bytes_left_; }
    /// How often a client was refused what others could still have; lives as long as this.
    [[nodiscard]] const std::uint64_t& over_share() const { return over_share_; }

private:
    friend class MemoryHold;

    std::size_t bytes_left_;
    ClientShares held_by_;
    std::uint64_t over_share_ = 0;
};

/// The bytes that one holder took for a client; they are given back at the end of its scope. `share` must outlive it.
/// Holders for unix sockets (ClientKey()) may take all, because they stand for many clients.
class MemoryHold {
public:
    explicit MemoryHold(MemoryShare& share, const ClientKey& client = {})
        : share_(&share), held_(client == ClientKey() ? ClientShares::Share() : share.held_by_.count(client)) {}
    MemoryHold(MemoryHold&& other) noexcept;
    MemoryHold& operator=(MemoryHold&&) = delete;
    MemoryHold(const MemoryHold&) = delete;
    MemoryHold& operator=(const MemoryHold&) = delete;
    ~MemoryHold() { shrink(bytes_); }

    /// False when all holders together would have too much, or the client more than it leaves to others. Nothing
    /// changes then.
    [[nodiscard]] bool grow(std::size_t bytes);
    /// `bytes`: at most what is held.
    void shrink(std::size_t bytes);
    [[nodiscard]] std::size_t bytes() const { return bytes_; }

private:
    MemoryShare* share_;
    ClientShares::Share held_;
    std::size_t bytes_ = 0;
};

}  // namespace http
