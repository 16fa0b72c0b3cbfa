// The properties that clients keep beside a resource (RFC 4918 §4.2): read from its text, changed, and written as one.
// Called by multistatus_source, properties and property_update.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "dav/xml_name.h"

namespace dav {

struct DeadProperty {
    XmlName name;
    std::string language;  ///< xml:lang; empty: none
    std::string value;     ///< XML that can stand anywhere

    [[nodiscard]] bool operator==(const DeadProperty&) const = default;
};

using DeadProperties = std::vector<DeadProperty>;

/// `text`: as storage/property_text keeps it. Empty for a text that is none of ours: other programs may write to the
/// attribute, and nothing of that may end up in an answer as it is.
[[nodiscard]] DeadProperties parse_dead_properties(std::string_view text);
/// The other way round; empty for none.
[[nodiscard]] std::string dead_properties_text(const DeadProperties& properties);
/// Of the file or directory open as `file`. Errors: an errno.
[[nodiscard]] std::expected<DeadProperties, int> read_dead_properties(int file);

/// Appends the element of `property`.
void append_dead_property(std::string& out, const DeadProperty& property);

}  // namespace dav
