// One JSON line for each change, and one for each write that was refused or cut (docs/access.md). A form with three
// files makes three changes. Called by exchange_log when an exchange ends.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "http/change.h"
#include "net/address.h"
#include "server/log_file.h"

namespace server {

struct AuditEntry {
    net::PeerAddress peer;
    std::string_view user;    ///< who signed in; empty: nobody
    std::string_view link;    ///< the id of the share link that counted; empty: none
    std::string_view method;  ///< as sent
    std::string_view target;  ///< as sent, without secrets
    /// Null for the line that tells of a refusal or a cut; what was changed before it has lines of its own.
    const http::Change* change = nullptr;
    std::string_view path;             ///< of the change, without secrets
    std::uint64_t received_bytes = 0;  ///< of the request's body
    base::MonotonicMs duration_ms = 0;
    std::optional<int> status;    ///< of the answer; nullopt: there was none
    std::string_view ended;       ///< why it was refused, or why the exchange ended early; empty otherwise
    std::string_view request_id;  ///< empty without --request-id
};

class AuditLog {
public:
    explicit AuditLog(LogFile file) : file_(std::move(file)) {}

    [[nodiscard]] bool on() const { return file_.on(); }
    void append(const AuditEntry& entry, const base::Clock& clock);
    [[nodiscard]] LogFile& file() { return file_; }

private:
    LogFile file_;
};

}  // namespace server
