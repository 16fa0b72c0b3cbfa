// Every element with a name of a client declares its own namespace, so that it can stand anywhere in an answer, which
// declares that of RFC 4918.
#include "dav/xml_name.h"

#include "base/escape.h"

namespace dav {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

/// XML 1.0 §2.2, the production Char, of one sequence of valid UTF-8.
bool is_xml_char(std::string_view sequence) {
    const auto first = static_cast<unsigned char>(sequence[0]);
    if (sequence.size() == 1) return first >= 0x20 || first == '\t' || first == '\n' || first == '\r';
    return sequence != "\xEF\xBF\xBE" && sequence != "\xEF\xBF\xBF";
}

}  // namespace

void append_xml_escaped(std::string& out, std::string_view text) {
    while (!text.empty()) {
        const std::size_t length = base::find_utf8_sequence(text);
        const std::string_view sequence = text.substr(0, length == 0 ? 1 : length);
        text.remove_prefix(sequence.size());
        if (length == 0 || !is_xml_char(sequence)) {
            out.append(kReplacement);
            continue;
        }
        switch (sequence[0]) {
            case '&': out.append("&amp;"); break;
            case '<': out.append("&lt;"); break;
            case '>': out.append("&gt;"); break;
            case '"': out.append("&quot;"); break;
            // A reader would make spaces or line feeds of these.
            case '\t': out.append("&#9;"); break;
            case '\n': out.append("&#10;"); break;
            case '\r': out.append("&#13;"); break;
            default: out.append(sequence);
        }
    }
}

void append_open_tag(std::string& out, const XmlName& name) {
    if (name.space == kDavSpace) {
        out.append("<D:").append(name.local);
        return;
    }
    out.append(name.space.empty() ? "<" : "<n:").append(name.local);
    out.append(name.space.empty() ? " xmlns=\"" : " xmlns:n=\"");
    append_xml_escaped(out, name.space);
    out.push_back('"');
}

void append_close_tag(std::string& out, const XmlName& name) {
    if (name.space == kDavSpace) {
        out.append("</D:");
    } else {
        out.append(name.space.empty() ? "</" : "</n:");
    }
    out.append(name.local).push_back('>');
}

}  // namespace dav
