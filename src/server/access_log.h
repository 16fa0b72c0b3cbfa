// One line per answered request, in the common, combined, extended or JSON form (docs/operations.md). Text that came
// from the peer is escaped, so one request is one line. Called by exchange_log when an exchange ends.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "net/address.h"
#include "server/log_file.h"
#include "server/server_config.h"

namespace server {

struct AccessEntry {
    net::PeerAddress peer;
    std::string_view user = "-";       ///< of the user who signed in (it has no blanks); "-" when nobody did
    std::string_view method;           ///< empty when no request line was understood
    std::string_view target;           ///< as sent
    std::string_view version = "1.1";  ///< of HTTP
    std::string_view referer;
    std::string_view user_agent;
    int status = 0;
    std::uint64_t body_bytes = 0;      ///< of the response's content, without framing
    std::uint64_t received_bytes = 0;  ///< of the request's body
    base::MonotonicMs duration_ms = 0;
    std::string_view request_id;  ///< empty without --request-id
    std::string_view trace;       ///< a traceparent, checked; empty when there is none
    std::string_view aborted;     ///< why the answer or the upload is incomplete; empty when it is whole
};

class AccessLog {
public:
    AccessLog(LogFile file, LogFormat format) : file_(std::move(file)), format_(format) {}

    [[nodiscard]] bool on() const { return file_.on(); }
    /// For the lines from here on.
    void set_format(LogFormat format) {
        format_ = format;
        time_of_text_ = -1;
    }
    void append(const AccessEntry& entry, const base::Clock& clock);
    [[nodiscard]] LogFile& file() { return file_; }

private:
    void append_text(const AccessEntry& entry);
    void append_json(const AccessEntry& entry);
    void prepare_time(std::int64_t unix_seconds);

    LogFile file_;
    LogFormat format_;
    std::int64_t time_of_text_ = -1;
    std::string time_text_;  ///< "21/Nov/2026:04:32:10 +0000", or ISO 8601 in the JSON form
};

/// The error log: one line with time, level and words for each thing that the operator should know.
class ErrorLog {
public:
    explicit ErrorLog(LogFile file) : file_(std::move(file)) {}

    /// `peer`: of the connection it is about, or nullptr. `text` is the server's own; `detail` may come from the peer
    /// and is escaped. `request_id`: of the request it is about; stands at the end.
    void append(const base::Clock& clock, std::string_view level, const net::PeerAddress* peer, std::string_view text,
                std::string_view detail = {}, std::string_view request_id = {});
    [[nodiscard]] LogFile& file() { return file_; }

private:
    LogFile file_;
};

}  // namespace server
