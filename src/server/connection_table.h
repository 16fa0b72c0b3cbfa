// The connections by token, so that an event for an earlier connection finds nothing. Owned by the reactor.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "http/client_shares.h"
#include "net/token.h"
#include "net/token_slots.h"
#include "server/connection.h"

namespace server {

class ConnectionTable {
public:
    struct Slot {
        std::unique_ptr<Connection> connection;
        int descriptor = -1;   ///< of the connection's socket, for the poller
        bool watched = false;  ///< registered with the poller
        net::Interest interest = net::Interest::none;
        std::uint64_t turn = 0;           ///< the reactor's last one in which the connection was advanced
        bool is_admin = false;            ///< came in by an admin listener; the reactor's
        bool queued = false;              ///< waits among the heavy ones; the reactor's
        http::ClientShares::Share share;  ///< of the connections of its client; the reactor's
    };

    /// The token that the next add() will use.
    [[nodiscard]] net::Token next_token() { return slots_.next(); }
    /// Puts `connection` into the slot of its token, which next_token() gave.
    Slot& add(std::unique_ptr<Connection> connection, int descriptor) {
        assert(connection->token() == slots_.next());
        Slot& slot = slots_.take();
        slot.connection = std::move(connection);
        slot.descriptor = descriptor;
        return slot;
    }
    /// Null for a stale token.
    [[nodiscard]] Slot* find(net::Token token) { return slots_.find(token); }
    /// The slot's connection, or null when it is free. `slot` was given out before.
    [[nodiscard]] Slot& at(std::uint32_t slot) { return slots_.at(slot); }
    /// Destroys the connection; its token finds nothing from now on.
    void erase(net::Token token) { slots_.give_back(token); }

    [[nodiscard]] std::size_t size() const { return slots_.size(); }
    /// Slots ever used; at(0 … slots()-1) may be asked.
    [[nodiscard]] std::uint32_t slots() const { return slots_.places(); }

private:
    net::TokenSlots<Slot> slots_;
};

}  // namespace server
