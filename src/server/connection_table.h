// The connections by slot. A slot's generation grows at every reuse, so that an event for an earlier connection finds
// nothing. Owned by the reactor.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "http/client_shares.h"
#include "net/token.h"
#include "server/connection.h"

namespace server {

class ConnectionTable {
public:
    struct Slot {
        std::unique_ptr<Connection> connection;
        std::uint32_t generation = 0;
        int descriptor = -1;   ///< of the connection's socket, for the poller
        bool watched = false;  ///< registered with the poller
        net::Interest interest = net::Interest::none;
        std::uint64_t turn = 0;           ///< the reactor's last one in which the connection was advanced
        bool is_admin = false;            ///< came in by an admin listener; the reactor's
        bool queued = false;              ///< waits among the heavy ones; the reactor's
        http::ClientShares::Share share;  ///< of the connections of its client; the reactor's
    };

    /// The token that the next add() will use.
    [[nodiscard]] net::Token next_token();
    /// Puts `connection` into the slot of its token, which next_token() gave.
    Slot& add(std::unique_ptr<Connection> connection, int descriptor);
    /// Null for a stale token.
    [[nodiscard]] Slot* find(net::Token token);
    /// The slot's connection, or null when it is free. `slot` was given out before.
    [[nodiscard]] Slot& at(std::uint32_t slot) { return slots_[slot]; }
    /// Destroys the connection; its token finds nothing from now on.
    void erase(net::Token token);

    [[nodiscard]] std::size_t size() const { return used_; }
    /// Slots ever used; at(0 … slots()-1) may be asked.
    [[nodiscard]] std::uint32_t slots() const { return static_cast<std::uint32_t>(slots_.size()); }

private:
    std::vector<Slot> slots_;
    std::vector<std::uint32_t> free_;
    std::size_t used_ = 0;
};

}  // namespace server
