// Bytes that only text has.
#include "media/text_beginning.h"

#include <string_view>

#include "base/ascii.h"
#include "base/escape.h"

namespace media {
namespace {

bool is_binary_control(char c) {
    return base::is_control(c) && std::string_view("\t\n\f\r\x1b").find(c) == std::string_view::npos;
}

/// A sequence of UTF-8 has at most four bytes, so a shorter rest may be one that was cut.
constexpr std::size_t kLongestCut = 3;

}  // namespace

bool is_text(std::span<const std::byte> beginning) {
    std::string_view rest(reinterpret_cast<const char*>(beginning.data()), beginning.size());
    if (rest.empty()) return false;
    while (!rest.empty()) {
        const std::size_t bytes = base::find_utf8_sequence(rest);
        if (bytes == 0) {
            const bool may_be_cut = rest.size() <= kLongestCut && beginning.size() >= kBeginningBytes;
            return may_be_cut && static_cast<unsigned char>(rest.front()) >= 0xC2;
        }
        if (bytes == 1 && is_binary_control(rest.front())) return false;
        rest.remove_prefix(bytes);
    }
    return true;
}

}  // namespace media
