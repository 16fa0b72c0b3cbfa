// What the process looks after besides requests: its configuration, certificates, users and successor. The loop calls
// this between turns. Implemented in app/, which the loop does not know.
#pragma once

#include <sys/types.h>

#include <optional>

#include "base/clock.h"

namespace server {

class Upkeep {
public:
    virtual ~Upkeep() = default;
    /// The operator asked for it with SIGHUP: what was read from files is read anew.
    virtual void reload() = 0;
    /// The server takes no new connection from here on and finishes what it has.
    virtual void begin_stopping() {}
    /// The operator asked for it with SIGUSR2: another process is to take the place of this one.
    virtual void upgrade() {}
    /// That process, once it is ready to accept connections. From then on the loop leaves them to it. nullopt: there is
    /// none. Asked after advance().
    [[nodiscard]] virtual std::optional<pid_t> successor() const { return std::nullopt; }
    /// No connection is accepted here any more: the successor may do so.
    virtual void hand_over_sockets() {}
    /// Nothing is changed here any more: the successor may do so.
    virtual void hand_over_writing() {}
    /// Does what is due, in about a millisecond.
    virtual void advance() = 0;
    /// When advance() wants to be called.
    [[nodiscard]] virtual base::MonotonicMs due() const = 0;
};

}  // namespace server
