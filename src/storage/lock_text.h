// The text of a lock's file: "name value" lines, with the time at a fixed place, so that it can be overwritten. Pure.
// Called by lock_files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/lock.h"

namespace storage {

/// The most that a lock's file can take: a path, a name and an owner, each of their bytes escaped.
inline constexpr std::size_t kMostLockTextBytes = std::size_t{32} * 1024;

/// What a file says: the lock without a time, and when it ends, in seconds since 1970.
struct StoredLock {
    Lock lock;
    std::int64_t expires_s = 0;
};

[[nodiscard]] std::string print_lock(const Lock& lock, std::int64_t expires_s);
/// The part of it with the time, which stands at kLockTimeOffset and always has the same length.
[[nodiscard]] std::string print_lock_time(std::int64_t expires_s);
[[nodiscard]] std::size_t lock_time_offset();
/// nullopt for what is damaged or was cut off.
[[nodiscard]] std::optional<StoredLock> parse_lock(std::string_view text);

}  // namespace storage
