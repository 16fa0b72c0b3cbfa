// What the form of an action says: its fields, urlencoded or multipart, and the path that a person typed into it.
// Called by directory_actions.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "http/framing.h"
#include "storage/dot_files.h"

namespace uploads {

struct ActionFields {
    std::optional<std::string> name;  ///< of the entry; not null once read_action_fields() gave it
    std::optional<std::string> destination;
    std::optional<std::string> depth;
};

/// `boundary`: of a multipart form; nullopt: it is urlencoded. 400 for a form that is not in its format, 422 for one
/// that lacks the name or has a field twice.
[[nodiscard]] std::expected<ActionFields, http::Refusal> read_action_fields(std::string_view body,
                                                                            const std::optional<std::string>& boundary);

/// The path that an entry of `directory` is to have: `typed` is its new name, a path below the directory, or one from
/// the root. With a slash at its end it is the directory to move to, and the name stays. 422 where there is none.
[[nodiscard]] std::expected<std::string, http::Refusal> find_typed_path(
    std::string_view directory, std::string_view name, const std::optional<std::string>& typed,
    storage::DotFiles dot_files = storage::DotFiles::hide);

}  // namespace uploads
