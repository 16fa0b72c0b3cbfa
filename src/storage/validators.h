// Validators of a file: its entity tag and its Last-Modified time (RFC 9110 §8.8), made from what stat tells.
// Called by the representation cache and by the writers, so that both name the same version with the same tag.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "http/accept_encoding.h"

namespace storage {

/// Kernels stamp files with a clock that ticks every 1 to 10 ms. Within this time after a change a second change may
/// carry the same stamp, so the stamp does not tell them apart.
inline constexpr base::UnixNs kClockTickNs = 20'000'000;

/// True when a change right now could carry the stamp `time`.
[[nodiscard]] bool is_young_stamp(const timespec& time, base::UnixNs now);

/// True while the stamps of `status` do not tell this version from one written right after it.
[[nodiscard]] bool is_young(const struct stat& status, base::UnixNs now);

/// True when a tag made of these stamps might stand for other bytes as well: the file is young, and its mtime is the
/// ctime. A write sets both to one stamp, so a file whose mtime differs (as those of our own uploads do) cannot be
/// written again and keep them.
[[nodiscard]] bool needs_weak_tag(const struct stat& status, base::UnixNs now);

/// A quoted tag of inode, size, mtime and ctime in nanoseconds; with "W/" in front when `weak`. A file keeps its tag
/// until it is touched.
[[nodiscard]] std::string make_entity_tag(const struct stat& status, bool weak);
/// The same, appended: a listing has millions.
void append_entity_tag(std::string& out, const struct stat& status, bool weak);

/// The tag of another form of the same version: `suffix` ("-gzip", "-json") is put inside the quotes. Empty without a
/// tag.
[[nodiscard]] std::string with_tag_suffix(std::string_view tag, std::string_view suffix);

/// The tag of the same version in a content coding: "…-gzip". Identity keeps the tag.
[[nodiscard]] std::string coded_tag(std::string_view tag, http::Coding coding);

/// Seconds since 1970 for Last-Modified: never later than `now` (RFC 9110 §8.8.2.1), never before 1970.
[[nodiscard]] std::int64_t last_modified_seconds(const struct stat& status, base::UnixNs now);

/// True when both describe the same version of the same file: device, inode, size, mtime and ctime.
[[nodiscard]] bool is_same_version(const struct stat& a, const struct stat& b);

}  // namespace storage
