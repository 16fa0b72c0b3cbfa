// Writes one line. Members without a value are left out.
#include "server/audit_log.h"

#include "server/log_line.h"

namespace server {
namespace {

using Action = http::Change::Action;

std::string_view action_of(const AuditEntry& entry) {
    if (entry.change == nullptr) return entry.status ? "refused" : "cut";
    switch (entry.change->action) {
        case Action::create: return "create";
        case Action::replace: return "replace";
        case Action::append: return "append";
        case Action::remove: return "delete";
        case Action::copy: return "copy";
        case Action::move: return "move";
        case Action::make_directory: return "mkdir";
        case Action::set_properties: return "properties";
        case Action::share: return "share";
        case Action::revoke: return "revoke";
    }
    return "";
}

void append_known(std::string& out, std::string_view name, std::string_view value) {
    if (!value.empty()) append_json_member(out, name, value);
}

}  // namespace

void AuditLog::append(const AuditEntry& entry, const base::Clock& clock) {
    std::string& out = file_.pending();
    out.append("{\"time\":\"").append(format_log_time(clock.unix_seconds(), kIsoTime)).push_back('"');
    std::string peer;
    entry.peer.append_to(peer);
    append_json_member(out, "peer", peer);
    append_json_member(out, "user", entry.user.empty() ? "-" : entry.user);
    if (!entry.link.empty()) append_json_member(out, "link", entry.link);
    append_json_member(out, "method", entry.method);
    append_json_member(out, "target", entry.target);
    append_json_member(out, "action", action_of(entry));
    if (entry.change != nullptr) {
        append_known(out, "from", entry.change->from);
        append_json_member(out, "path", entry.path);
        append_known(out, "old_etag", entry.change->old_tag);
        append_known(out, "etag", entry.change->new_tag);
        if (entry.change->bytes) append_json_number(out, "bytes", *entry.change->bytes);
        append_known(out, "digest", entry.change->digest);
    }
    append_json_number(out, "received", entry.received_bytes);
    append_json_number(out, "duration_ms", static_cast<std::uint64_t>(entry.duration_ms));
    if (entry.status) append_json_number(out, "status", static_cast<std::uint64_t>(*entry.status));
    append_known(out, "ended", entry.ended);
    append_known(out, "request_id", entry.request_id);
    out.append("}\n");
}

}  // namespace server
