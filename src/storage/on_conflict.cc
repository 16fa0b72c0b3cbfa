// New names for files whose name is taken.
#include "storage/on_conflict.h"

#include <climits>

#include "base/escape.h"

namespace storage {
namespace {

/// A longer text behind a dot is part of the name, not an extension.
constexpr std::size_t kMaxExtensionBytes = 16;

/// Where the extension begins, its dot included; the end of the name when there is none.
std::size_t find_extension(std::string_view name) {
    const std::size_t dot = name.rfind('.');
    if (dot == std::string_view::npos || dot == 0 || name.size() - dot > kMaxExtensionBytes) return name.size();
    constexpr std::string_view kArchive = ".tar";
    const bool is_double = dot > kArchive.size() && name.substr(0, dot).ends_with(kArchive);
    return is_double ? dot - kArchive.size() : dot;
}

/// The first `limit` bytes at most; no character of UTF-8 is cut in two.
std::string_view cut(std::string_view text, std::size_t limit) {
    if (text.size() <= limit) return text;
    std::size_t end = limit;
    while (end > 0 && limit - end < 3 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) --end;
    return text.substr(0, end);
}

}  // namespace

std::string numbered_name(std::string_view name, unsigned number) {
    const std::size_t extension = find_extension(name);
    std::string tail = " (";
    base::append_decimal(tail, number);
    tail.append(")").append(name.substr(extension));
    return std::string(cut(name.substr(0, extension), NAME_MAX - tail.size())).append(tail);
}

}  // namespace storage
