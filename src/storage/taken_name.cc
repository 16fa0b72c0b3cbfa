// Looks at the name, and at the file that it would be a sidecar of.
#include "storage/taken_name.h"

#include <fcntl.h>

#include <string>

#include "storage/sidecar_name.h"
#include "storage/write_error.h"

namespace storage {
namespace {

constexpr http::Refusal kContentStays =
    http::missing_right("a file of this name is there already, and files are not replaced here; choose another name.");

constexpr http::Refusal kNothingNew = http::missing_right("existing files may be replaced here, but none added.");

bool has_content(const struct stat& status) { return !S_ISREG(status.st_mode) || status.st_size > 0; }

}  // namespace

std::optional<struct stat> find_file_beside(const WritePlace& place) {
    if (place.has_missing_parents()) return std::nullopt;
    const std::string name(find_file_of_sidecar(place.name()));
    struct stat status{};
    if (name.empty() || ::fstatat(place.directory(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) return {};
    return S_ISDIR(status.st_mode) ? std::nullopt : std::optional(status);
}

std::optional<http::Refusal> find_taken_name(const WritePlace& place, const std::optional<struct stat>& found,
                                             OnConflict on_conflict) {
    if (on_conflict == OnConflict::replace_only) return found ? std::nullopt : std::optional(kNothingNew);
    if (on_conflict != OnConflict::refuse && on_conflict != OnConflict::keep_content) return std::nullopt;
    const auto beside = find_file_beside(place);
    if (on_conflict == OnConflict::refuse) {
        return found || beside ? std::optional(taken_name_refusal()) : std::nullopt;
    }
    // A directory is refused as such.
    const bool is_over_content = found && !S_ISDIR(found->st_mode) && has_content(*found);
    if (is_over_content || (beside && has_content(*beside))) return kContentStays;
    return std::nullopt;
}

}  // namespace storage
