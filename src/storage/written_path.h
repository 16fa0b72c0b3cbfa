// Where a write to a path happens, as rules and locks know it. Called by uploads/write_gate, storage/locks, and by
// moves and copies, which have two such places.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "http/framing.h"
#include "storage/file_root.h"

namespace storage {

/// `path` without links in its directories. A link at its end is what is written, not what it leads to. 503 when it
/// cannot be told where that is.
[[nodiscard]] std::expected<std::string, http::Refusal> find_written_path(const FileRoot& root, std::string_view path);

/// How the source and the destination of a move or a copy lie to each other, links in their directories resolved.
enum class Overlap : std::uint8_t { none, same, destination_is_inside, source_is_inside };
/// 503 when it cannot be told where one of them is. A slash at the end of a path says nothing here.
[[nodiscard]] std::expected<Overlap, http::Refusal> find_overlap(const FileRoot& root, std::string_view source,
                                                                 std::string_view destination);

}  // namespace storage
