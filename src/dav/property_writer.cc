// The prefix of every element is "D", because Windows understands no other; short texts, because it counts them.
#include "dav/property_writer.h"

#include <fcntl.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <expected>
#include <utility>

#include "base/escape.h"
#include "http/date.h"
#include "storage/path_opening.h"
#include "storage/validators.h"

namespace dav {
namespace {

using http::Status;

constexpr std::string_view kBegin = "<D:propstat><D:prop>";
constexpr std::string_view kEnd = "</D:prop>";

void append_status(std::string& out, Status status) {
    out.append("<D:status>HTTP/1.1 ");
    base::append_decimal(out, static_cast<std::uint64_t>(http::code(status)));
    out.append(" ").append(http::reason_phrase(status)).append("</D:status>");
}

void append_href(std::string& out, std::string_view href) {
    out.append("<D:href>");
    append_xml_escaped(out, href);
    out.append("</D:href>");
}

void append_empty_live(std::string& out, LiveProperty property) {
    out.append("<D:").append(live_property_name(property)).append("/>");
}

/// RFC 3339, in UTC.
void append_time(std::string& out, std::int64_t seconds) {
    const std::time_t time = seconds;
    std::tm parts{};
    char text[32];
    if (::gmtime_r(&time, &parts) == nullptr) return;
    out.append(text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts));
}

/// True for what is found out with the resource open.
bool may_be_unread(LiveProperty property, const EntryProperties& entry) {
    switch (property) {
        case LiveProperty::creation_date: return true;
        case LiveProperty::quota_available:
        case LiveProperty::quota_used: return entry.is_directory;
        default: return false;
    }
}

/// The content of the element of `property`, which the entry has.
void append_value(std::string& out, LiveProperty property, const EntryProperties& entry, base::UnixNs now) {
    switch (property) {
        case LiveProperty::resource_type:
            if (entry.is_directory) out.append("<D:collection/>");
            return;
        case LiveProperty::content_length:
            return base::append_decimal(out, static_cast<std::uint64_t>(entry.status.st_size));
        case LiveProperty::last_modified:
            out.append(http::date_text(storage::last_modified_seconds(entry.status, now)));
            return;
        case LiveProperty::creation_date: return append_time(out, entry.born_s.value_or(0));
        case LiveProperty::entity_tag:
            return storage::append_entity_tag(out, entry.status, storage::needs_weak_tag(entry.status, now));
        case LiveProperty::content_type: return append_xml_escaped(out, entry.media_type);
        case LiveProperty::display_name: return append_xml_escaped(out, entry.name);
        case LiveProperty::supported_lock: out.append(entry.supported_locks); return;
        case LiveProperty::lock_discovery: out.append(entry.locks); return;
        case LiveProperty::quota_available: return base::append_decimal(out, entry.quota.value_or(Quota()).available);
        case LiveProperty::quota_used: return base::append_decimal(out, entry.quota.value_or(Quota()).used);
    }
}

void append_live(std::string& out, LiveProperty property, const EntryProperties& entry, base::UnixNs now) {
    const std::string_view name = live_property_name(property);
    out.append("<D:").append(name).push_back('>');
    const std::size_t begin = out.size();
    append_value(out, property, entry, now);
    if (out.size() == begin) {
        out.pop_back();
        out.append("/>");
    } else {
        out.append("</D:").append(name).push_back('>');
    }
}

/// nullopt: the file system does not know. Errors: an errno.
std::expected<std::optional<std::int64_t>, int> find_birth(int file) {
    struct statx status{};
    if (::statx(file, "", AT_EMPTY_PATH | AT_NO_AUTOMOUNT, STATX_BTIME, &status) != 0) return std::unexpected(errno);
    if ((status.stx_mask & STATX_BTIME) == 0) return std::nullopt;
    return status.stx_btime.tv_sec;
}

/// 0: nothing is in the way.
Status status_of(int error) {
    if (error == 0) return Status::ok;
    if (storage::FileError{error}.is_absence()) return Status::not_found;
    return error == EACCES || error == EPERM ? Status::forbidden : Status::internal_server_error;
}

}  // namespace

void EntryProperties::look_into(int file, const PropertyQuery& query) {
    if (query.wants(LiveProperty::creation_date)) {
        const auto birth = find_birth(file);
        if (birth) {
            born_s = *birth;
        } else {
            unread = birth.error();
        }
    }
    if (!query.wants_dead()) return;
    auto read = read_dead_properties(file);
    if (read) {
        dead = std::move(*read);
    } else {
        unread = read.error();
    }
}

void EntryProperties::tell_quota(int directory) {
    struct statvfs system{};
    if (::fstatvfs(directory, &system) != 0) {
        unread = errno;
        return;
    }
    quota = Quota{.available = std::uint64_t{system.f_bavail} * system.f_frsize,
                  .used = (std::uint64_t{system.f_blocks} - system.f_bfree) * system.f_frsize};
}

bool EntryProperties::has_fault() const { return status_of(unread) == Status::internal_server_error; }

void EntryProperties::tell_locks(const LockView& view, std::string_view path, const PropertyQuery& query) {
    if (query.live.has(LiveProperty::lock_discovery)) locks = view.discovery(path);
    supported_locks = view.supported();
}

PropertyWriter::PropertyWriter(PropertyQuery query) : query_(std::move(query)) {
    for (const XmlName& each : query_.others) append_dead_property(missing_, {.name = each});
}

void PropertyWriter::append_opening(std::string& out) {
    out.append("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<D:multistatus xmlns:D=\"DAV:\">\n");
}

void PropertyWriter::append_closing(std::string& out) { out.append("</D:multistatus>\n"); }

bool PropertyWriter::has(LiveProperty property, const EntryProperties& entry) const {
    switch (property) {
        case LiveProperty::content_length:
        case LiveProperty::entity_tag: return !entry.is_directory;
        case LiveProperty::content_type: return !entry.media_type.empty();
        case LiveProperty::creation_date: return entry.born_s.has_value();
        case LiveProperty::quota_available:
        case LiveProperty::quota_used: return entry.quota.has_value();
        default: return true;
    }
}

void PropertyWriter::append_live_ones(std::string& out, Lacking& lacking, const EntryProperties& entry,
                                      base::UnixNs now) const {
    using Form = PropertyQuery::Form;
    for (std::size_t number = 0; number < kLiveProperties; ++number) {
        const auto property = static_cast<LiveProperty>(number);
        if (!query_.wants(property)) continue;
        if (!has(property, entry)) {
            if (query_.form != Form::named) continue;
            append_empty_live(entry.unread != 0 && may_be_unread(property, entry) ? lacking.unread : lacking.missing,
                              property);
        } else if (query_.form == Form::names) {
            append_empty_live(out, property);
        } else {
            append_live(out, property, entry, now);
        }
    }
}

void PropertyWriter::append_dead_ones(std::string& out, Lacking& lacking, const EntryProperties& entry) const {
    using Form = PropertyQuery::Form;
    if (entry.dead.empty()) {
        (entry.unread != 0 ? lacking.unread : lacking.missing).append(missing_);
        return;
    }
    if (query_.form == Form::names) {
        for (const DeadProperty& each : entry.dead) append_dead_property(out, {.name = each.name});
        return;
    }
    if (query_.form == Form::all) {
        for (const DeadProperty& each : entry.dead) append_dead_property(out, each);
    }
    for (const XmlName& name : query_.others) {
        const auto found = std::ranges::find(entry.dead, name, &DeadProperty::name);
        if (found == entry.dead.end()) {
            append_dead_property(lacking.missing, {.name = name});
        } else if (query_.form == Form::named) {
            append_dead_property(out, *found);
        }
    }
}

void PropertyWriter::append_entry(std::string& out, const EntryProperties& entry, base::UnixNs now) const {
    const Status unread = status_of(entry.unread);
    if (unread == Status::not_found) return append_failure(out, entry.href, unread);
    append_response_opening(out, entry.href);
    Lacking lacking;
    const std::size_t before = out.size();
    out.append(kBegin);
    const std::size_t begin = out.size();
    append_live_ones(out, lacking, entry, now);
    append_dead_ones(out, lacking, entry);
    if (out.size() > begin || (lacking.missing.empty() && lacking.unread.empty())) {
        append_status(out.append(kEnd), Status::ok);
        out.append("</D:propstat>");
    } else {
        out.resize(before);
    }
    if (!lacking.missing.empty()) append_names(out, lacking.missing, Status::not_found);
    // Where all are wanted, the names of those that could not be read are not known either.
    const bool is_open = entry.unread != 0 && query_.form != PropertyQuery::Form::named;
    if (is_open || !lacking.unread.empty()) append_names(out, lacking.unread, unread);
    append_response_closing(out);
}

void PropertyWriter::append_response_opening(std::string& out, std::string_view href) {
    out.append("<D:response>");
    append_href(out, href);
}

void PropertyWriter::append_names(std::string& out, std::string_view elements, Status status) {
    append_status(out.append(kBegin).append(elements).append(kEnd), status);
    out.append("</D:propstat>");
}

void PropertyWriter::append_response_closing(std::string& out) { out.append("</D:response>\n"); }

void PropertyWriter::append_failure(std::string& out, std::string_view href, Status status) {
    append_response_opening(out, href);
    append_status(out, status);
    append_response_closing(out);
}

}  // namespace dav
