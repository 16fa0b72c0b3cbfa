// Entries that tests give to the formats of listings, and what these write.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "listings/listing_format.h"
#include "support/allocations.h"

namespace listing_rows {

using listings::ListingEntry;
using listings::ListingView;

template <class Format>
std::string written(Format&& format, const std::vector<ListingEntry>& entries, std::string_view next = {}) {
    std::string out;
    format.opening(out);
    for (const ListingEntry& entry : entries) format.row(out, entry);
    format.closing(out, {.entries = entries.size(), .next = next});
    return out;
}

inline ListingEntry file(std::string_view name) {
    return {
        .name = name, .bytes = 5, .modified_seconds = 784'111'777, .media_type = "text/plain", .entity_tag = "\"t\""};
}

inline ListingEntry folder(std::string_view name) {
    return {.name = name, .kind = ListingEntry::Kind::directory, .modified_seconds = 784'111'777, .modified_ns = 50};
}

/// What five rows of a long name allocate, given room for them.
inline std::size_t allocations_of_rows(listings::ListingFormat& format) {
    const ListingEntry entry = file("a name of some length, with \"quotes\" & \xC3\xA4 \xFF.txt");
    std::string out;
    out.reserve(16'384);
    const std::size_t before = allocations();
    for (int i = 0; i < 5; ++i) format.row(out, entry);
    return allocations() - before;
}

}  // namespace listing_rows
