// Looks after the logs: writes them at the end of a turn, reopens them on a signal, and reports what they could not
// do. Owned by the reactor.
#pragma once

#include <cstdint>

#include "base/clock.h"
#include "base/counters.h"
#include "server/access_log.h"
#include "server/audit_log.h"

namespace server {

class LogUpkeep {
public:
    /// The logs outlive this.
    LogUpkeep(AccessLog& access, AuditLog& audit, ErrorLog& error) : access_(access), audit_(audit), error_(error) {}

    /// Writes what is pending in them. Says in the error log, once a minute at most, how much was lost.
    void flush(const base::Clock& clock);
    /// Opens them anew. A failure is said in the error log and on standard error.
    void reopen(const base::Clock& clock);
    /// What the logs count; this outlives what is returned.
    [[nodiscard]] base::Counters::Registration register_counters(base::Counters& counters) const;

private:
    void tell_losses(const base::Clock& clock);
    void reopen(LogFile& log, const base::Clock& clock);
    [[nodiscard]] std::uint64_t lost_bytes() const {
        return access_.file().lost_bytes() + audit_.file().lost_bytes() + error_.file().lost_bytes();
    }

    AccessLog& access_;
    AuditLog& audit_;
    ErrorLog& error_;
    std::uint64_t told_bytes_ = 0;  ///< how many lost bytes the error log has been told of
    base::MonotonicMs tell_again_ms_ = 0;
};

}  // namespace server
