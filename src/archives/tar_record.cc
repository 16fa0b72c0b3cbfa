// A name that fits into 100 bytes and a size below 8 GiB need no pax record.
#include "archives/tar_record.h"

#include <algorithm>
#include <string_view>

#include "base/escape.h"

namespace archives {
namespace {

constexpr std::size_t kNameBytes = 100;
constexpr std::uint64_t kUstarNumbers = std::uint64_t{1} << 33U;  // eleven octal digits

struct Header {
    std::string_view name;
    std::uint64_t size_bytes = 0;
    std::uint64_t modified_s = 0;
    unsigned mode = kFileMode;
    char type = '0';
};

void put(std::string& block, std::size_t at, std::string_view text) { block.replace(at, text.size(), text); }

/// `digits` octal digits and the zero that is there already.
void put_octal(std::string& block, std::size_t at, std::size_t digits, std::uint64_t value) {
    for (std::size_t place = digits; place > 0; --place, value >>= 3U) {
        block[at + place - 1] = static_cast<char>('0' + static_cast<int>(value & 7U));
    }
}

void add_block(std::string& text, const Header& header) {
    std::string block(kTarBlockBytes, '\0');
    put(block, 0, header.name.substr(0, kNameBytes));
    put_octal(block, 100, 7, header.mode);
    put_octal(block, 108, 7, 0);
    put_octal(block, 116, 7, 0);
    put_octal(block, 124, 11, header.size_bytes);
    put_octal(block, 136, 11, header.modified_s);
    block[156] = header.type;
    put(block, 257,
        std::string_view("ustar\0"
                         "00",
                         8));
    // The sum counts its own field as spaces.
    put(block, 148, "        ");
    unsigned sum = 0;
    for (const char each : block) sum += static_cast<unsigned char>(each);
    put_octal(block, 148, 6, sum);
    block[154] = '\0';
    text.append(block);
}

/// "27 mtime=…\n": the number counts its own digits.
std::string pax_line(std::string_view key, std::string_view value) {
    const std::size_t rest = key.size() + value.size() + 3;
    std::size_t length = rest + 1;
    while (length != rest + std::to_string(length).size()) length = rest + std::to_string(length).size();
    return std::to_string(length).append(" ").append(key).append("=").append(value).append("\n");
}

bool is_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char each) { return static_cast<unsigned char>(each) < 0x80; });
}

}  // namespace

std::string tar_header(const ArchiveEntry& entry) {
    std::string lines;
    // Readers differ in what they take bytes that are not ASCII for, unless a pax record says it.
    const bool is_utf8 = base::is_valid_utf8(entry.path);
    if (entry.path.size() > kNameBytes && !is_utf8) lines += pax_line("hdrcharset", "BINARY");
    if (entry.path.size() > kNameBytes || (is_utf8 && !is_ascii(entry.path))) lines += pax_line("path", entry.path);
    if (entry.size_bytes >= kUstarNumbers) lines += pax_line("size", std::to_string(entry.size_bytes));
    const bool has_plain_time = entry.modified_s >= 0 && static_cast<std::uint64_t>(entry.modified_s) < kUstarNumbers;
    if (!has_plain_time) lines += pax_line("mtime", std::to_string(entry.modified_s));
    std::string text;
    if (!lines.empty()) {
        add_block(text, {"././@PaxHeader", lines.size(), 0, kFileMode, 'x'});
        text += lines;
        text.append(tar_padding_bytes(lines.size()), '\0');
    }
    Header header;
    header.name = entry.path;
    header.size_bytes = entry.size_bytes < kUstarNumbers ? entry.size_bytes : 0;
    header.modified_s = has_plain_time ? static_cast<std::uint64_t>(entry.modified_s) : 0;
    header.mode = entry.mode();
    if (entry.is_directory()) header.type = '5';
    add_block(text, header);
    return text;
}

std::size_t tar_padding_bytes(std::uint64_t size_bytes) {
    return static_cast<std::size_t>((kTarBlockBytes - size_bytes % kTarBlockBytes) % kTarBlockBytes);
}

}  // namespace archives
