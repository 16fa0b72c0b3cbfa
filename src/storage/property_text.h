// What WebDAV clients keep beside a file or a directory, as one text in an extended attribute of it: so it moves with
// the name, goes with the file, and is replaced as a whole. Called by dav/dead_properties, and by the writers, which
// take it along.
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>

namespace storage {

/// The most bytes of such a text. Many file systems have room for less: about 4000 bytes on ext4.
inline constexpr std::size_t kMostPropertyTextBytes = std::size_t{16} * 1024;

/// Of the file or directory open as `file`; empty when it has none, or the file system keeps none. Errors: an errno.
[[nodiscard]] std::expected<std::string, int> read_property_text(int file);

/// Replaces the text, or takes it away when `text` is empty. 0, or an errno: ENOSPC and E2BIG where it does not fit,
/// ENOTSUP where the file system keeps none, EACCES and EPERM where the process may not write to the file.
[[nodiscard]] int write_property_text(int file, std::string_view text);

/// Gives `to` the text of `from`, when it has one. 0, or an errno: then nothing may take the place of `from`, or it
/// would lose its text without a word. Where `to` can have none, because of its file system or its owner, it is left
/// behind.
[[nodiscard]] int copy_property_text(int from, int to);

/// The same for a file `to` that is about to take the place of `from`. True when `to` was changed, and has to be synced
/// again. Errors: an errno of the reading; `to` is as it was then.
[[nodiscard]] std::expected<bool, int> keep_property_text(int from, int to);

}  // namespace storage
