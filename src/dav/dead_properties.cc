// The text is a document of its own: reading it with the reader of bodies makes it as harmless as a body.
#include "dav/dead_properties.h"

#include <utility>

#include "dav/xml_reader.h"
#include "storage/property_text.h"

namespace dav {
namespace {

constexpr std::string_view kOpening = "<D:prop xmlns:D=\"DAV:\">";
constexpr std::string_view kClosing = "</D:prop>";
/// prop, a property.
constexpr std::size_t kValueDepth = 2;

}  // namespace

DeadProperties parse_dead_properties(std::string_view text) {
    DeadProperties properties;
    if (text.empty()) return properties;
    auto root = read_xml(text, kValueDepth);
    if (!root || !root->name.is_dav("prop")) return properties;
    properties.reserve(root->children.size());
    for (XmlElement& each : root->children) {
        properties.push_back({std::move(each.name), std::move(each.language), std::move(each.value)});
    }
    return properties;
}

std::string dead_properties_text(const DeadProperties& properties) {
    std::string text;
    if (properties.empty()) return text;
    text.append(kOpening);
    for (const DeadProperty& each : properties) append_dead_property(text, each);
    return text.append(kClosing);
}

std::expected<DeadProperties, int> read_dead_properties(int file) {
    const auto text = storage::read_property_text(file);
    if (!text) return std::unexpected(text.error());
    return parse_dead_properties(*text);
}

void append_dead_property(std::string& out, const DeadProperty& property) {
    append_open_tag(out, property.name);
    if (!property.language.empty()) {
        out.append(" xml:lang=\"");
        append_xml_escaped(out, property.language);
        out.push_back('"');
    }
    if (property.value.empty()) {
        out.append("/>");
        return;
    }
    out.append(">").append(property.value);
    append_close_tag(out, property.name);
}

}  // namespace dav
