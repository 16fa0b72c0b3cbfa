// Names, made harmless.
#include "handlers/listing_text.h"

#include <cstddef>
#include <string>
#include <string_view>

#include "base/escape.h"

namespace handlers {
namespace {

void append_byte_escaped(std::string& out, char c) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    const auto byte = static_cast<unsigned char>(c);
    out.append("\\x");
    out.push_back(kDigits[byte >> 4]);
    out.push_back(kDigits[byte & 0x0F]);
}

/// C0, DEL, and C1 in its UTF-8 form: what terminals act on.
bool is_control(std::string_view sequence) {
    const auto first = static_cast<unsigned char>(sequence[0]);
    if (sequence.size() == 1) return first < 0x20 || first == 0x7F;
    return first == 0xC2 && static_cast<unsigned char>(sequence[1]) < 0xA0;
}

}  // namespace

void ListingText::row(std::string& out, const content::ListingEntry& entry) {
    std::string_view name = entry.name;
    while (!name.empty()) {
        const std::size_t valid = base::find_utf8_sequence(name);
        const std::string_view sequence = name.substr(0, valid == 0 ? 1 : valid);
        if (sequence == "\\") {
            out.append("\\\\");
        } else if (valid == 0 || is_control(sequence)) {
            for (const char c : sequence) append_byte_escaped(out, c);
        } else {
            out.append(sequence);
        }
        name.remove_prefix(sequence.size());
    }
    out.append(entry.is_directory() ? "/\n" : "\n");
}

}  // namespace handlers
