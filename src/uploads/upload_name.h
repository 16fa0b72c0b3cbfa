// The names that clients give files and directories inside a path of their own: in forms and in Content-Disposition.
// Called by Uploads, form_reader and DirectoryActions. Pure.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "http/framing.h"
#include "storage/dot_files.h"

namespace uploads {

/// Why `name` cannot be that of a new file or directory, one segment of a path: 403 for one that begins with a dot and
/// is hidden (of a name that only some may write, WriteGate knows who), 422 for one that is empty, holds '/' or a
/// control byte, or is longer than 255 bytes.
[[nodiscard]] std::optional<http::Refusal> find_name_fault(std::string_view name,
                                                           storage::DotFiles dot_files = storage::DotFiles::hide);

/// The file's name in `filename`, as a client sent it: without the path that some send. Refused as above.
[[nodiscard]] std::expected<std::string, http::Refusal> choose_file_name(
    std::string_view filename, storage::DotFiles dot_files = storage::DotFiles::hide);

}  // namespace uploads
