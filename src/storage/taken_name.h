// Decides whether a new file may have its name: it must not replace content that has to stay, nor become the coded form
// of a file that has to stay. Called by FileSink before the body, by FileCommit before the name is given, and by
// EntryMove.
#pragma once

#include <sys/stat.h>

#include <optional>

#include "http/framing.h"
#include "storage/on_conflict.h"
#include "storage/write_place.h"

namespace storage {

/// Looks at the file that `place` would be a sidecar of: its name without the suffix. nullopt when there is no such
/// file.
[[nodiscard]] std::optional<struct stat> find_file_beside(const WritePlace& place);

/// `found`: what has the name of `place`, a link not followed. With OnConflict::refuse 409 where anything has it, with
/// keep_content 403 where a file with content or a link has it; the same for a file that `place` is a sidecar of.
[[nodiscard]] std::optional<http::Refusal> find_taken_name(const WritePlace& place,
                                                           const std::optional<struct stat>& found,
                                                           OnConflict on_conflict);

}  // namespace storage
