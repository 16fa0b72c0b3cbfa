// The object's members. Everything that comes from outside is escaped.
#include "listings/listing_json.h"

#include <cstdint>
#include <string>
#include <string_view>

#include "base/escape.h"
#include "listings/page_text.h"

namespace listings {
namespace {

/// RFC 3339: "2026-03-01T12:30:59.123456789Z"; null for a year that it has no digits for.
void append_time(std::string& out, std::int64_t seconds, std::uint32_t nanoseconds) {
    if (!has_four_digit_year(seconds)) {
        out.append("null");
        return;
    }
    out.push_back('"');
    append_date_time(out, seconds);
    if (nanoseconds != 0) {
        out.push_back('.');
        append_padded(out, nanoseconds, 9);
    }
    out.append("Z\"");
}

void append_string(std::string& out, std::string_view text) {
    out.push_back('"');
    base::append_json_escaped(out, text);
    out.push_back('"');
}

/// A member only where a GET would be refused, and the end of the entry.
void append_access(std::string& out, ListingEntry::Access access) {
    if (access != ListingEntry::Access::readable) {
        out.append(",\"access\":\"").append(access_name(access)).push_back('"');
    }
    out.push_back('}');
}

}  // namespace

void ListingJson::opening(std::string& out) {
    out.append("{\"path\":");
    append_string(out, view_.prefix + view_.path);
    if (view_.extent == ListingView::Extent::found) {
        out.append(",\"search\":");
        append_string(out, view_.search);
    } else if (view_.extent == ListingView::Extent::unsorted) {
        out.append(",\"sort\":null,\"order\":null");
    } else {
        out.append(",\"sort\":\"").append(column_name(view_.column)).append("\",\"order\":\"");
        out.append(view_.order == ListingOrder::ascending ? "asc\"" : "desc\"");
    }
    out.append(",\"entries\":[");
}

void ListingJson::row(std::string& out, const ListingEntry& entry) {
    out.append(rows_ == Rows::none ? "\n{\"name\":" : ",\n{\"name\":");
    rows_ = Rows::some;
    append_string(out, entry.name);
    // "./" in front: a name with a colon would read as a scheme.
    out.append(",\"href\":\"./");
    append_encoded_path(out, entry.name);
    if (entry.access == ListingEntry::Access::unknown) {
        out.append(entry.is_directory() ? "/\",\"type\":\"directory\"" : "\",\"type\":\"file\"");
        out.append(",\"size\":null,\"mtime\":null,\"etag\":null,\"access\":\"unknown\"}");
        return;
    }
    if (entry.is_directory()) {
        out.append("/\",\"type\":\"directory\",\"size\":null,\"mtime\":");
        append_time(out, entry.modified_seconds, entry.modified_ns);
        out.append(",\"etag\":null");
        append_access(out, entry.access);
        return;
    }
    out.append("\",\"type\":\"file\",\"size\":");
    base::append_decimal(out, entry.bytes);
    out.append(",\"mtime\":");
    append_time(out, entry.modified_seconds, entry.modified_ns);
    out.append(",\"etag\":");
    append_string(out, entry.entity_tag);
    out.append(",\"media_type\":");
    append_string(out, entry.media_type);
    append_access(out, entry.access);
}

void ListingJson::closing(std::string& out, const ListingEnd& end) {
    out.append(rows_ == Rows::none ? "]," : "\n],");
    if (view_.extent == ListingView::Extent::found) {
        if (end.rest == ListingEnd::Rest::none) {
            out.append("\"complete\":true}\n");
        } else {
            out.append("\"complete\":false,\"because\":\"").append(rest_name(end.rest)).append("\"}\n");
        }
        return;
    }
    out.append("\"next\":");
    if (end.next.empty()) {
        out.append("null}\n");
        return;
    }
    append_string(out, end.next);
    out.append("}\n");
}

}  // namespace listings
