// Names, made harmless.
#include "listings/listing_text.h"

#include <cstddef>
#include <string>
#include <string_view>

#include "base/ascii.h"
#include "base/escape.h"

namespace listings {
namespace {

void append_byte_escaped(std::string& out, char c) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    const auto byte = static_cast<unsigned char>(c);
    out.append("\\x");
    out.push_back(kDigits[byte >> 4]);
    out.push_back(kDigits[byte & 0x0F]);
}

/// What terminals act on.
bool is_control(std::string_view sequence) {
    return sequence.size() == 1 ? base::is_control(sequence[0]) : base::is_c1_control(sequence);
}

}  // namespace

void ListingText::row(std::string& out, const ListingEntry& entry) {
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

void ListingText::closing(std::string& out, const ListingEnd& end) {
    if (end.rest != ListingEnd::Rest::none) out.append("\\ ").append(rest_text(end.rest)).push_back('\n');
}

}  // namespace listings
