// Where a write to a path happens, as rules and locks know it. Called by uploads/write_gate and storage/locks.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "http/framing.h"
#include "storage/file_root.h"

namespace storage {

/// `path` without links in its directories. A link at its end is what is written, not what it leads to. 503 when it
/// cannot be told where that is.
[[nodiscard]] std::expected<std::string, http::Refusal> find_written_path(const FileRoot& root, std::string_view path);

}  // namespace storage
