// Text for places where bytes have a meaning: HTML, log lines, JSON; and base64, decimal numbers, UTF-8.
// Called wherever a name or a value that came from outside goes out. Pure; everything appends to a caller's string.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace base {

/// Escapes & < > " and ', so that the text is safe between tags and in quoted attributes. Other bytes stay.
void append_html_escaped(std::string& out, std::string_view text);

/// Escapes control bytes, DEL, '"', '\' and everything from 0x80 on as \xHH. Appends at most `limit` bytes:
/// a text that is too long ends in "..." (when `limit` holds that much), never inside an escape.
void append_log_escaped(std::string& out, std::string_view text, std::size_t limit);

/// The inside of a JSON string (RFC 8259 §7), without the quotes. Every byte that is not part of valid UTF-8
/// becomes \ufffd.
void append_json_escaped(std::string& out, std::string_view text);

/// "%XX" (RFC 3986 §2.1), the digits in upper case.
void append_percent_encoded(std::string& out, char byte);

/// Two hexadecimal digits in lower case for each byte.
void append_hex(std::string& out, std::string_view bytes);

/// 16 hexadecimal digits in lower case, zeros in front.
void append_hex_number(std::string& out, std::uint64_t number);

/// With padding (RFC 4648 §4).
void append_base64(std::string& out, std::span<const std::byte> bytes);
/// Strict: only the alphabet, whole groups of four, padding only where it belongs, unused bits zero. The number of
/// bytes written; nullopt when `text` is not that or does not fit `into`.
[[nodiscard]] std::optional<std::size_t> decode_base64(std::string_view text, std::span<std::byte> into);
/// The length of the base64 form of `bytes` bytes.
[[nodiscard]] constexpr std::size_t base64_length(std::size_t bytes) { return (bytes + 2) / 3 * 4; }

void append_decimal(std::string& out, std::uint64_t number);
[[nodiscard]] std::size_t count_decimal_digits(std::uint64_t number);

/// The length (1 to 4) of the UTF-8 sequence at the front of `text`; 0 when there is none (RFC 3629 §4: no overlong
/// forms, no surrogates, nothing above U+10FFFF) or `text` is empty.
[[nodiscard]] std::size_t find_utf8_sequence(std::string_view text);
[[nodiscard]] bool is_valid_utf8(std::string_view text);
/// True for U+0080 to U+009F as one UTF-8 sequence: valid, but a terminal that shows them obeys some.
[[nodiscard]] constexpr bool is_c1_control(std::string_view sequence) {
    return sequence.size() == 2 && sequence[0] == '\xc2' && static_cast<unsigned char>(sequence[1]) < 0xa0;
}

}  // namespace base
