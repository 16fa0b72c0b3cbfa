// The prefix of every element is "D", because Windows understands no other; short texts, because it counts them.
#include "dav/property_writer.h"

#include <ctime>
#include <utility>

#include "base/escape.h"
#include "http/date.h"
#include "storage/validators.h"

namespace dav {
namespace {

using http::Status;

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
        case LiveProperty::supported_lock:
        case LiveProperty::lock_discovery: return;
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

}  // namespace

PropertyWriter::PropertyWriter(PropertyQuery query) : query_(std::move(query)) {
    for (const XmlName& each : query_.others) {
        append_open_tag(missing_, each);
        missing_.append("/>");
    }
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

void PropertyWriter::append_entry(std::string& out, const EntryProperties& entry, base::UnixNs now) const {
    using Form = PropertyQuery::Form;
    out.append("<D:response>");
    append_href(out, entry.href);
    constexpr std::string_view kBegin = "<D:propstat><D:prop>";
    constexpr std::string_view kEnd = "</D:prop>";
    std::string missing;
    out.append(kBegin);
    const std::size_t begin = out.size();
    for (std::size_t number = 0; number < kLiveProperties; ++number) {
        const auto property = static_cast<LiveProperty>(number);
        if (query_.form == Form::names) {
            if (has(property, entry)) append_empty_live(out, property);
        } else if (query_.live.has(property)) {
            if (has(property, entry)) {
                append_live(out, property, entry, now);
            } else if (query_.form == Form::named) {
                append_empty_live(missing, property);
            }
        }
    }
    missing.append(missing_);
    const bool has_some = out.size() > begin;
    if (has_some || missing.empty()) {
        append_status(out.append(kEnd), Status::ok);
        out.append("</D:propstat>");
    } else {
        out.resize(begin - kBegin.size());
    }
    if (!missing.empty()) {
        append_status(out.append(kBegin).append(missing).append(kEnd), Status::not_found);
        out.append("</D:propstat>");
    }
    out.append("</D:response>\n");
}

void PropertyWriter::append_failure(std::string& out, std::string_view href, Status status) {
    out.append("<D:response>");
    append_href(out, href);
    append_status(out, status);
    out.append("</D:response>\n");
}

}  // namespace dav
