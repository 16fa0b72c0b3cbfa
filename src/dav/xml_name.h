// The name of an element with its namespace, and characters of XML. Called by all of dav that reads or writes XML.
#pragma once

#include <string>
#include <string_view>

namespace dav {

/// The namespace of RFC 4918.
inline constexpr std::string_view kDavSpace = "DAV:";

/// A name as "Namespaces in XML" compares them: prefixes do not count.
struct XmlName {
    std::string space;  ///< empty: none
    std::string local;

    /// True for `name` of RFC 4918.
    [[nodiscard]] bool is_dav(std::string_view name) const { return space == kDavSpace && local == name; }
    [[nodiscard]] bool operator==(const XmlName&) const = default;
};

/// Appends `text` as content, or as an attribute's value between double quotes. What XML 1.0 cannot hold, such as bytes
/// that are no UTF-8 and control characters, becomes U+FFFD.
void append_xml_escaped(std::string& out, std::string_view text);

/// Appends a start tag with its namespace, "<n:local xmlns:n="space"", without the closing ">".
void append_open_tag(std::string& out, const XmlName& name);
/// Appends the end tag to append_open_tag().
void append_close_tag(std::string& out, const XmlName& name);

}  // namespace dav
