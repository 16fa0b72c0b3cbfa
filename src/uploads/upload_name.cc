// Rules for names.
#include "uploads/upload_name.h"

#include <algorithm>
#include <climits>

#include "base/ascii.h"
#include "http/content_disposition.h"

namespace uploads {
namespace {

using http::Refusal;
using http::Status;

}  // namespace

std::optional<Refusal> find_name_fault(std::string_view name) {
    constexpr Status kStatus = Status::unprocessable_content;
    if (name.empty()) return Refusal{kStatus, "there is no name."};
    // Nobody could see or request such a name.
    if (name.find_first_not_of(" \t") == std::string_view::npos)
        return Refusal{kStatus, "the name is white space alone."};
    // "." and ".." are among them.
    if (name.front() == '.') return Refusal{Status::forbidden, "names that begin with a dot are not written."};
    if (name.find('/') != std::string_view::npos) return Refusal{kStatus, "a name does not hold a slash."};
    if (std::ranges::any_of(name, base::is_control)) {
        return Refusal{kStatus, "the name holds a control byte; give it another one."};
    }
    if (name.size() > NAME_MAX) return Refusal{kStatus, "the name is longer than 255 bytes."};
    return std::nullopt;
}

std::expected<std::string, Refusal> choose_file_name(std::string_view filename) {
    const std::string_view name = http::strip_path(filename);
    if (const auto fault = find_name_fault(name)) return std::unexpected(*fault);
    return std::string(name);
}

}  // namespace uploads
