// Rules for names.
#include "uploads/upload_name.h"

#include <algorithm>
#include <array>
#include <climits>
#include <cstddef>

#include "base/ascii.h"
#include "http/content_disposition.h"

namespace uploads {
namespace {

using http::Refusal;
using http::Status;

/// White space and what has no width, in UTF-8 (Unicode's White_Space, U+00AD, U+200B to U+200D, U+2060, U+FEFF).
std::size_t invisible_bytes(std::string_view text) {
    static constexpr auto kInvisible = std::to_array<std::string_view>(
        {" ",      "\t",     "\u0085", "\u00A0", "\u00AD", "\u1680", "\u2000", "\u2001", "\u2002",
         "\u2003", "\u2004", "\u2005", "\u2006", "\u2007", "\u2008", "\u2009", "\u200A", "\u200B",
         "\u200C", "\u200D", "\u2028", "\u2029", "\u202F", "\u205F", "\u2060", "\u3000", "\uFEFF"});
    const auto* const found =
        std::ranges::find_if(kInvisible, [&](std::string_view each) { return text.starts_with(each); });
    return found == kInvisible.end() ? 0 : found->size();
}

bool is_invisible(std::string_view name) {
    while (const std::size_t length = invisible_bytes(name)) name.remove_prefix(length);
    return name.empty();
}

}  // namespace

std::optional<Refusal> find_name_fault(std::string_view name, storage::DotFiles dot_files) {
    constexpr Status kStatus = Status::unprocessable_content;
    if (name.empty()) return Refusal{kStatus, "there is no name."};
    // Nobody could see or request such a name.
    if (is_invisible(name)) return Refusal{kStatus, "the name is white space alone."};
    const bool is_path = name == "." || name == "..";
    const bool is_own = name.starts_with(storage::kOwnNamePrefix);
    if (is_path || is_own || (name.front() == '.' && dot_files == storage::DotFiles::hide)) {
        return Refusal{Status::forbidden, "names that begin with a dot are not written."};
    }
    if (name.find('/') != std::string_view::npos) return Refusal{kStatus, "a name does not hold a slash."};
    if (std::ranges::any_of(name, base::is_control)) {
        return Refusal{kStatus, "the name holds a control byte; give it another one."};
    }
    if (name.size() > NAME_MAX) return Refusal{kStatus, "the name is longer than 255 bytes."};
    return std::nullopt;
}

std::expected<std::string, Refusal> choose_file_name(std::string_view filename, storage::DotFiles dot_files) {
    const std::string_view name = http::strip_path(filename);
    if (const auto fault = find_name_fault(name, dot_files)) return std::unexpected(*fault);
    return std::string(name);
}

}  // namespace uploads
