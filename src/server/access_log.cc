// The four line formats.
#include "server/access_log.h"

#include "base/escape.h"
#include "server/log_line.h"

namespace server {
namespace {

/// Longer values are cut: a line stays readable and bounded.
constexpr std::size_t kMaxValueBytes = 1024;
constexpr const char* kTextTime = "%d/%b/%Y:%H:%M:%S +0000";

void append_quoted(std::string& out, std::string_view value) {
    out.push_back('"');
    if (value.empty()) {
        out.push_back('-');
    } else {
        base::append_log_escaped(out, value, kMaxValueBytes);
    }
    out.push_back('"');
}

void append_cut_member(std::string& out, std::string_view name, std::string_view value) {
    append_json_member(out, name, value.substr(0, kMaxValueBytes));
}

}  // namespace

void AccessLog::prepare_time(std::int64_t unix_seconds) {
    if (unix_seconds == time_of_text_) return;
    time_of_text_ = unix_seconds;
    time_text_ = format_log_time(unix_seconds, format_ == LogFormat::json ? kIsoTime : kTextTime);
}

void AccessLog::append(const AccessEntry& entry, const base::Clock& clock) {
    prepare_time(clock.unix_seconds());
    if (format_ == LogFormat::json) {
        append_json(entry);
    } else {
        append_text(entry);
    }
}

void AccessLog::append_text(const AccessEntry& entry) {
    std::string& out = file_.pending();
    entry.peer.append_to(out);
    out.append(" - ");
    base::append_log_escaped(out, entry.user, kMaxValueBytes);
    out.append(" [").append(time_text_).append("] \"");
    if (entry.method.empty()) {
        out.push_back('-');
    } else {
        base::append_log_escaped(out, entry.method, kMaxValueBytes);
        out.push_back(' ');
        // A target that was not understood must not leave two blanks beside each other.
        base::append_log_escaped(out, entry.target.empty() ? "-" : entry.target, kMaxValueBytes);
        out.append(" HTTP/").append(entry.version);
    }
    out.append("\" ");
    append_number(out, static_cast<std::uint64_t>(entry.status));
    out.push_back(' ');
    append_number(out, entry.body_bytes);
    if (format_ != LogFormat::common) {
        out.push_back(' ');
        append_quoted(out, entry.referer);
        out.push_back(' ');
        append_quoted(out, entry.user_agent);
    }
    if (format_ == LogFormat::extended) {
        out.push_back(' ');
        append_number(out, static_cast<std::uint64_t>(entry.duration_ms));
        out.append("ms");
        if (!entry.request_id.empty()) out.append(" id=").append(entry.request_id);
        if (!entry.trace.empty()) out.append(" trace=").append(entry.trace);
        if (!entry.aborted.empty()) out.append(" aborted: ").append(entry.aborted);
    }
    out.push_back('\n');
}

void AccessLog::append_json(const AccessEntry& entry) {
    std::string& out = file_.pending();
    out.append("{\"time\":\"").append(time_text_).push_back('"');
    std::string peer;
    entry.peer.append_to(peer);
    append_json_member(out, "peer", peer);
    append_cut_member(out, "user", entry.user);
    append_cut_member(out, "method", entry.method);
    append_cut_member(out, "target", entry.target);
    append_json_member(out, "version", entry.version);
    append_json_number(out, "status", static_cast<std::uint64_t>(entry.status));
    append_json_number(out, "bytes", entry.body_bytes);
    append_json_number(out, "received", entry.received_bytes);
    append_json_number(out, "duration_ms", static_cast<std::uint64_t>(entry.duration_ms));
    append_cut_member(out, "referer", entry.referer);
    append_cut_member(out, "user_agent", entry.user_agent);
    if (!entry.request_id.empty()) append_json_member(out, "request_id", entry.request_id);
    if (!entry.trace.empty()) append_json_member(out, "traceparent", entry.trace);
    if (!entry.aborted.empty()) append_json_member(out, "aborted", entry.aborted);
    out.append("}\n");
}

void ErrorLog::append(const base::Clock& clock, std::string_view level, const net::PeerAddress* peer,
                      std::string_view text, std::string_view detail, std::string_view request_id) {
    if (!file_.on()) return;
    std::string& out = file_.pending();
    out.append(format_log_time(clock.unix_seconds(), kIsoTime)).append(" ").append(level).append(": ");
    if (peer != nullptr) {
        peer->append_to(out);
        out.append(": ");
    }
    // Most texts are the sentence that the client was told.
    if (!detail.empty() && text.ends_with('.')) text.remove_suffix(1);
    out.append(text);
    if (!detail.empty()) {
        out.append(": ");
        base::append_log_escaped(out, detail, kMaxValueBytes);
    }
    if (!request_id.empty()) out.append(" (request ").append(request_id).append(")");
    out.push_back('\n');
}

}  // namespace server
