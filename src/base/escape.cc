// Escaping. Runs of bytes that need none are appended at once: most texts are one such run.
#include "base/escape.h"

#include <array>
#include <charconv>
#include <cstring>

#include "base/ascii.h"

namespace base {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kUpperHexDigits = "0123456789ABCDEF";
constexpr std::string_view kBase64Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t kNoDigit = 0xff;

constexpr std::array<std::uint8_t, 256> make_base64_values() {
    std::array<std::uint8_t, 256> values{};
    values.fill(kNoDigit);
    for (std::size_t i = 0; i < kBase64Digits.size(); ++i) {
        values[static_cast<unsigned char>(kBase64Digits[i])] = static_cast<std::uint8_t>(i);
    }
    return values;
}
constexpr std::array<std::uint8_t, 256> kBase64Values = make_base64_values();

std::string_view html_entity(char c) {
    switch (c) {
        case '&': return "&amp;";
        case '<': return "&lt;";
        case '>': return "&gt;";
        case '"': return "&quot;";
        case '\'': return "&#39;";
        default: return {};
    }
}

bool is_plain_in_log(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 && byte < 0x7f && c != '"' && c != '\\';
}

void append_hex_byte(std::string& out, unsigned char byte) {
    out.push_back(kHexDigits[byte >> 4]);
    out.push_back(kHexDigits[byte & 15U]);
}

/// A byte below 0x20, '"' or '\' as JSON writes it.
void append_json_escape(std::string& out, char c) {
    switch (c) {
        case '"': out.append("\\\""); return;
        case '\\': out.append("\\\\"); return;
        case '\n': out.append("\\n"); return;
        case '\r': out.append("\\r"); return;
        case '\t': out.append("\\t"); return;
        default: break;
    }
    out.append("\\u00");
    append_hex_byte(out, static_cast<unsigned char>(c));
}

/// How many bytes in front are below 0x80; eight are looked at together.
std::size_t count_ascii(std::string_view text) {
    std::size_t at = 0;
    for (; text.size() - at >= 8; at += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data() + at, 8);
        if ((word & 0x8080808080808080U) != 0) break;
    }
    while (at < text.size() && static_cast<unsigned char>(text[at]) < 0x80) ++at;
    return at;
}

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80; }

}  // namespace

void append_html_escaped(std::string& out, std::string_view text) {
    while (true) {
        const std::size_t plain = text.find_first_of("&<>\"'");
        out.append(text.substr(0, plain));
        if (plain == std::string_view::npos) return;
        out.append(html_entity(text[plain]));
        text.remove_prefix(plain + 1);
    }
}

void append_log_escaped(std::string& out, std::string_view text, std::size_t limit) {
    constexpr std::string_view kCut = "...";
    const std::size_t start = out.size();
    std::size_t cut_at = start;  // the longest whole prefix that leaves room for the dots
    for (const char c : text) {
        if (is_plain_in_log(c)) {
            out.push_back(c);
        } else {
            out.append("\\x");
            append_hex_byte(out, static_cast<unsigned char>(c));
        }
        const std::size_t written = out.size() - start;
        if (written + kCut.size() <= limit) cut_at = out.size();
        if (written <= limit) continue;
        out.resize(cut_at);
        if (limit >= kCut.size()) out.append(kCut);
        return;
    }
}

void append_json_escaped(std::string& out, std::string_view text) {
    while (!text.empty()) {
        const char c = text.front();
        if (is_control(c) || c == '"' || c == '\\') {
            append_json_escape(out, c);
            text.remove_prefix(1);
            continue;
        }
        const std::size_t length = find_utf8_sequence(text);
        if (length == 0) {
            out.append("\\ufffd");
            text.remove_prefix(1);
            continue;
        }
        const std::string_view sequence = text.substr(0, length);
        if (is_c1_control(sequence)) {
            append_json_escape(out, sequence[1]);
        } else {
            out.append(sequence);
        }
        text.remove_prefix(length);
    }
}

void append_percent_encoded(std::string& out, char byte) {
    const auto bits = static_cast<unsigned char>(byte);
    out.push_back('%');
    out.push_back(kUpperHexDigits[bits >> 4]);
    out.push_back(kUpperHexDigits[bits & 15U]);
}

void append_hex(std::string& out, std::string_view bytes) {
    for (const char c : bytes) append_hex_byte(out, static_cast<unsigned char>(c));
}

void append_hex_number(std::string& out, std::uint64_t number) {
    std::array<char, 16> text;
    for (char& digit : text) {
        digit = kHexDigits[number >> 60U];
        number <<= 4U;
    }
    out.append(text.data(), text.size());
}

void append_base64(std::string& out, std::span<const std::byte> bytes) {
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        const std::size_t count = bytes.size() - at < 3 ? bytes.size() - at : 3;
        std::uint32_t group = 0;
        for (std::size_t i = 0; i < 3; ++i) {
            group = group << 8 | (i < count ? std::to_integer<std::uint32_t>(bytes[at + i]) : 0U);
        }
        for (std::size_t i = 0; i < 4; ++i) {
            out.push_back(i <= count ? kBase64Digits[group >> (18 - 6 * i) & 63U] : '=');
        }
    }
}

std::optional<std::size_t> decode_base64(std::string_view text, std::span<std::byte> into) {
    if (text.size() % 4 != 0) return std::nullopt;
    std::size_t padding = 0;
    while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
    const std::size_t length = text.size() / 4 * 3 - padding;
    if (length > into.size()) return std::nullopt;

    std::size_t written = 0;
    for (std::size_t at = 0; at < text.size(); at += 4) {
        std::uint32_t group = 0;
        for (std::size_t i = at; i < at + 4; ++i) {
            const std::uint8_t value = kBase64Values[static_cast<unsigned char>(text[i])];
            if (value == kNoDigit && i < text.size() - padding) return std::nullopt;
            group = group << 6 | (value == kNoDigit ? 0U : value);
        }
        for (unsigned shift = 16; written < length && shift <= 16; shift -= 8) {
            into[written++] = static_cast<std::byte>(group >> shift & 0xffU);
        }
        const bool is_last = at + 4 == text.size();
        const std::uint32_t unused_bits = padding == 0 ? 0U : padding == 1 ? 0xffU : 0xffffU;
        if (is_last && (group & unused_bits) != 0) return std::nullopt;
    }
    return length;
}

void append_decimal(std::string& out, std::uint64_t number) {
    std::array<char, 20> digits;
    const auto result = std::to_chars(digits.data(), digits.data() + digits.size(), number);
    out.append(digits.data(), result.ptr);
}

std::size_t count_decimal_digits(std::uint64_t number) {
    std::size_t digits = 1;
    for (; number >= 10; number /= 10) ++digits;
    return digits;
}

std::size_t find_utf8_sequence(std::string_view text) {
    if (text.empty()) return 0;
    const auto lead = static_cast<unsigned char>(text[0]);
    if (lead < 0x80) return 1;
    const std::size_t length = lead >= 0xc2 && lead <= 0xdf   ? 2
                               : (lead & 0xf0U) == 0xe0       ? 3
                               : lead >= 0xf0 && lead <= 0xf4 ? 4
                                                              : 0;
    if (length == 0 || text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if (!is_continuation(text[i])) return 0;
    }
    const auto second = static_cast<unsigned char>(text[1]);
    const bool overlong = (lead == 0xe0 && second < 0xa0) || (lead == 0xf0 && second < 0x90);
    const bool surrogate = lead == 0xed && second >= 0xa0;
    const bool too_high = lead == 0xf4 && second >= 0x90;
    return overlong || surrogate || too_high ? 0 : length;
}

bool is_valid_utf8(std::string_view text) {
    while (true) {
        text.remove_prefix(count_ascii(text));
        if (text.empty()) return true;
        const std::size_t length = find_utf8_sequence(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
}

}  // namespace base
