// What the process looks after besides requests: its certificates. The loop calls this between turns. Implemented in
// app/, which the loop does not know.
#pragma once

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
    /// Does what is due, in about a millisecond.
    virtual void advance() = 0;
    /// When advance() wants to be called.
    [[nodiscard]] virtual base::MonotonicMs due() const = 0;
};

}  // namespace server
