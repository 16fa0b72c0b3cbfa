// Locks on the disk: a small file for each in the state directory ".godwit" of the root, so that they outlive a
// restart. Called by locks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string_view>
#include <vector>

#include "base/fd.h"
#include "storage/file_root.h"
#include "storage/lock_text.h"

namespace storage {

class LockFiles {
public:
    /// `root` outlives this.
    explicit LockFiles(const FileRoot& root) : root_(root) {}

    /// What was written, and is durable once all are synced.
    struct Written {
        base::SharedFd file;
        base::SharedFd directory;
        base::SharedFd root;
    };
    /// Writes the file of a new lock. An errno, after which there is none.
    [[nodiscard]] std::expected<Written, int> write(const Lock& lock, std::int64_t expires_s) const;
    /// Another time for the lock of `token`, durable once the file is synced. An errno.
    [[nodiscard]] std::expected<base::SharedFd, int> write_time(std::string_view token, std::int64_t expires_s) const;
    /// Durable once the directory that is returned is synced. An errno.
    [[nodiscard]] std::expected<base::SharedFd, int> remove(std::string_view token) const;
    struct All {
        std::vector<StoredLock> locks;
        bool is_whole = true;  ///< false: there may be others, which could not be read for now
    };
    /// At most `most`; damaged ones are removed.
    [[nodiscard]] All read_all(std::size_t most) const;

private:
    [[nodiscard]] std::expected<base::Fd, int> open_directory() const;

    const FileRoot& root_;
};

/// A new token, from random bytes: "urn:uuid:" and a UUID of version 4 (RFC 9562). Empty when the system gives none.
[[nodiscard]] std::string make_lock_token();

}  // namespace storage
