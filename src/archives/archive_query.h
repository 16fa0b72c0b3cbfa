// What the query of a folder's target says about an archive: ?archive=zip. Called by the router. Pure.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>

#include "http/framing.h"

namespace archives {

enum class ArchiveForm : std::uint8_t { zip, tar, tar_gz };

/// `query`: as it was sent, without '?'. nullopt: no archive is asked for. The refusal is a 400 whose sentence says
/// what is accepted.
[[nodiscard]] std::expected<std::optional<ArchiveForm>, http::Refusal> parse_archive_query(std::string_view query);

}  // namespace archives
