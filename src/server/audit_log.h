// One JSON line for each write: each file of a form, each record, each directory, and each write that was taken up and
// then refused or cut (docs/access.md). Called by exchange_log when an exchange ends.
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
    std::string_view user;                 ///< who signed in; empty: nobody
    std::string_view method;               ///< as sent
    std::string_view target;               ///< as sent, without secrets
    const http::Change* change = nullptr;  ///< null: the write was refused or cut, and changed nothing or only a part
    std::string_view path;                 ///< of the change, without secrets
    std::uint64_t received_bytes = 0;      ///< of the request's body
    base::MonotonicMs duration_ms = 0;
    std::optional<int> status;  ///< of the answer; nullopt: there was none
    std::string_view ended;     ///< why it was refused, or why the exchange ended early; empty otherwise
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
