// Reads the XML of a request's body (RFC 4918 §8.2) into a small tree. The only code that includes expat; a build
// without it has xml_reader_absent.cc. Called by properties.
#pragma once

#include <algorithm>
#include <cstddef>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "dav/xml_name.h"
#include "http/framing.h"

namespace dav {

/// The most bytes of a body: a client that asks for some properties sends less than two thousand.
inline constexpr std::size_t kMostXmlBytes = std::size_t{64} * 1024;
/// Elements within each other.
inline constexpr std::size_t kMostXmlDepth = 32;
/// Elements of a body.
inline constexpr std::size_t kMostXmlElements = 1000;
/// What a tree may hold: a long name of a namespace is declared once, and stands in every element.
inline constexpr std::size_t kMostTreeBytes = std::size_t{256} * 1024;

struct XmlElement {
    XmlName name;
    std::string language;              ///< xml:lang, its own or that of an element around it
    std::vector<XmlElement> children;  ///< of elements above the depth of values
    std::string value;                 ///< the content of an element at that depth, as XML that can stand anywhere

    /// The first child of that name of RFC 4918, or null.
    [[nodiscard]] const XmlElement* find_dav(std::string_view local) const {
        const auto found =
            std::ranges::find_if(children, [local](const auto& each) { return each.name.is_dav(local); });
        return found == children.end() ? nullptr : &*found;
    }
};

/// False in a build without expat: no body can be read, and --dav is refused.
[[nodiscard]] bool has_xml_reader();
/// "2.5.0"; empty in a build without it.
[[nodiscard]] std::string_view xml_library_version();

/// The root element of `text`. Elements at `value_depth` (1 is the root) keep their content as a value and have no
/// children. 400 for what is not well-formed, for a document type, which nobody needs and which bombs are made of, and
/// for more than the bounds above.
[[nodiscard]] std::expected<XmlElement, http::Refusal> read_xml(std::string_view text, std::size_t value_depth);

}  // namespace dav
