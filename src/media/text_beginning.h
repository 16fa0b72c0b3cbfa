// Whether a file whose name does not say so is text, by its first bytes. Called by the representation builder once per
// opened file.
#pragma once

#include <cstddef>
#include <span>

namespace media {

/// How much of a file is looked at.
inline constexpr std::size_t kBeginningBytes = 512;

/// True when `beginning`, the first bytes of a file, is text: UTF-8 without control characters other than tab, line
/// feed, form feed, carriage return and escape. A character that the end of `beginning` cuts in two may stand there.
/// False for no bytes.
[[nodiscard]] bool is_text(std::span<const std::byte> beginning);

}  // namespace media
