// Content-Disposition.
#include "http/content_disposition.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "base/escape.h"
#include "http/parameters.h"

namespace http {
namespace {

constexpr std::string_view kReplacementCharacter = "\xef\xbf\xbd";

bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }

/// attr-char of RFC 8187 §3.2.1.
bool is_attr_char(char c) { return base::is_token_char(c) && c != '*' && c != '\'' && c != '%'; }

void append_ext_value(std::string& out, std::string_view bytes) {
    for (const char c : bytes) {
        if (is_attr_char(c)) {
            out.push_back(c);
        } else {
            base::append_percent_encoded(out, c);
        }
    }
}

/// The two-digit escape at the front of `text`, or -1.
int find_escape(std::string_view text) {
    if (text.size() < 3 || text[0] != '%') return -1;
    const int high = base::hex_value(text[1]);
    const int low = base::hex_value(text[2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

std::string decode_latin1(std::string_view bytes) {
    std::string text;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80) {
            text.push_back(c);
        } else {
            text.push_back(static_cast<char>(0xc0U | byte >> 6));
            text.push_back(static_cast<char>(0x80U | (byte & 0x3fU)));
        }
    }
    return text;
}

/// Browsers write exactly these three and leave every other '%' as it is.
std::string decode_form_escapes(std::string_view value) {
    std::string text;
    text.reserve(value.size());
    while (!value.empty()) {
        const int byte = find_escape(value);
        const bool is_escape = byte == '"' || byte == '\r' || byte == '\n';
        text.push_back(is_escape ? static_cast<char>(byte) : value.front());
        value.remove_prefix(is_escape ? 3 : 1);
    }
    return text;
}

std::string decode_value(const Parameter& parameter, DispositionEscapes escapes) {
    std::string text = parameter.quoted ? unescape_quoted(parameter.value) : std::string(parameter.value);
    return escapes == DispositionEscapes::form_part ? decode_form_escapes(text) : text;
}

/// False when it was set before.
bool set_once(std::optional<std::string>& slot, std::string text) {
    if (slot) return false;
    slot = std::move(text);
    return true;
}

}  // namespace

std::string attachment_disposition(std::string_view name) {
    std::string plain;
    std::string encoded;
    bool needs_encoded = false;
    while (!name.empty()) {
        const char c = name.front();
        if (is_ascii(c)) {
            name.remove_prefix(1);
            const char shown = base::is_control(c) ? '_' : c;
            if (shown == '"' || shown == '\\') plain.push_back('\\');
            plain.push_back(shown);
            append_ext_value(encoded, {&shown, 1});
            // Some clients undo %XX and backslashes in filename wrongly; filename* is unmistakable.
            needs_encoded = needs_encoded || shown == '%' || shown == '"' || shown == '\\';
            continue;
        }
        const std::size_t length = base::find_utf8_sequence(name);
        plain.push_back('_');
        append_ext_value(encoded, length == 0 ? kReplacementCharacter : name.substr(0, length));
        name.remove_prefix(length == 0 ? 1 : length);
        needs_encoded = true;
    }
    std::string text = "attachment; filename=\"" + plain + '"';
    if (needs_encoded) text.append("; filename*=UTF-8''").append(encoded);
    return text;
}

std::optional<ContentDisposition> parse_content_disposition(std::string_view value, DispositionEscapes escapes) {
    const std::size_t semicolon = std::min(value.find(';'), value.size());
    ContentDisposition disposition;
    disposition.type = base::trim_blanks(value.substr(0, semicolon));
    if (disposition.type.empty()) return std::nullopt;
    for (const char c : disposition.type) {
        if (!base::is_token_char(c)) return std::nullopt;
    }

    std::optional<std::string> extended;
    ParameterReader reader(value.substr(semicolon));
    Parameter parameter;
    while (reader.next(parameter)) {
        bool is_first = true;
        if (base::equals_ignoring_case(parameter.name, "name")) {
            is_first = set_once(disposition.name, decode_value(parameter, escapes));
        } else if (base::equals_ignoring_case(parameter.name, "filename")) {
            is_first = set_once(disposition.filename, decode_value(parameter, escapes));
        } else if (base::equals_ignoring_case(parameter.name, "filename*")) {
            // One that cannot be decoded is ignored, and filename counts (RFC 6266 §4.3).
            if (auto decoded = decode_ext_value(parameter.value)) is_first = set_once(extended, std::move(*decoded));
        }
        if (!is_first) return std::nullopt;
    }
    if (reader.malformed()) return std::nullopt;
    if (extended) disposition.filename = std::move(extended);
    return disposition;
}

std::optional<std::string> decode_ext_value(std::string_view value) {
    const std::size_t language = value.find('\'');
    const std::size_t text_at = language == std::string_view::npos ? language : value.find('\'', language + 1);
    if (text_at == std::string_view::npos) return std::nullopt;
    const std::string_view charset = value.substr(0, language);
    const bool is_utf8 = base::equals_ignoring_case(charset, "UTF-8");
    if (!is_utf8 && !base::equals_ignoring_case(charset, "ISO-8859-1")) return std::nullopt;

    std::string bytes;
    for (std::string_view rest = value.substr(text_at + 1); !rest.empty();) {
        const int byte = find_escape(rest);
        if (byte < 0 && !is_attr_char(rest.front())) return std::nullopt;
        bytes.push_back(byte < 0 ? rest.front() : static_cast<char>(byte));
        rest.remove_prefix(byte < 0 ? 1 : 3);
    }
    if (!is_utf8) return decode_latin1(bytes);
    if (!base::is_valid_utf8(bytes)) return std::nullopt;
    return bytes;
}

std::string_view strip_path(std::string_view filename) {
    const std::size_t separator = filename.find_last_of("/\\");
    return separator == std::string_view::npos ? filename : filename.substr(separator + 1);
}

}  // namespace http
