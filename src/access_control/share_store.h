// Share links on the disk: one small file for each in the state directory ".godwit" of the root, and beside them the
// key that seals their tokens. Nothing is kept in memory, so what `godwit shares` or another process changes holds at
// once. Called by site/ and by `godwit shares`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access_control/keyed_digest.h"
#include "access_control/share_link.h"
#include "base/directory_stream.h"
#include "base/fd.h"
#include "storage/file_root.h"

namespace access_control {

class ShareStore {
public:
    /// `root` outlives this.
    explicit ShareStore(const storage::FileRoot& root) : root_(root) {}

    struct Found {
        enum class Kind : std::uint8_t {
            unknown,  ///< there is no such link: it never was, it was revoked, or the token is not its own
            known,    ///< the caller checks whether it is over
            failed,   ///< the disk could not be read
        };
        Kind kind = Kind::unknown;
        ShareLink link;  ///< of a known one
    };
    /// The link whose token this is. The comparison takes constant time.
    [[nodiscard]] Found find(std::string_view token) const;

    /// What was written, and is durable once both are synced.
    struct Made {
        std::string token;
        base::SharedFd file;
        base::SharedFd directory;
    };
    /// Writes the file of a new link; makes the directory and the key where they are missing, and waits for the disk
    /// then. An errno: EPERM, others can read the key; ENOSYS, this build has no SHA-256.
    [[nodiscard]] std::expected<Made, int> make(const ShareLink& link) const;
    /// Notes that a use began at `now_s`: it counts at once, and durably when the file is synced, for which nobody has
    /// to wait where there is no limit. An errno, after which nothing was noted; EDQUOT: the link is used up; ENOENT:
    /// there is none.
    [[nodiscard]] std::expected<base::SharedFd, int> take_use(std::string_view id, std::int64_t now_s) const;
    /// Reads a link without its token, for those who may see and revoke it. An errno; ENOENT: there is none; EINVAL:
    /// its file is damaged.
    [[nodiscard]] std::expected<ShareLink, int> read(std::string_view id) const;
    /// Removes a link. It is worth nothing from here on, and durably so once the directory that is returned is synced.
    /// An errno; ENOENT: there is none.
    [[nodiscard]] std::expected<base::SharedFd, int> remove(std::string_view id) const;

private:
    friend class ShareScan;

    [[nodiscard]] std::expected<base::Fd, int> open_directory() const;
    [[nodiscard]] std::expected<base::Fd, int> make_directory() const;

    const storage::FileRoot& root_;
};

/// Reads all links, in slices, because there may be a thousand of them among ten thousand other files.
class ShareScan {
public:
    /// Of `store`, which is not needed afterwards.
    explicit ShareScan(const ShareStore& store);

    /// Works for about a millisecond; true when it is at its end.
    bool work();
    /// An errno, when the directory could not be read; 0 otherwise. At the end.
    [[nodiscard]] int error() const { return error_; }
    /// At the end, the oldest first.
    [[nodiscard]] std::vector<ShareLink> take_links() { return std::move(links_); }
    /// Ids of files that are no links any more: damaged, or of another version.
    [[nodiscard]] const std::vector<std::string>& damaged() const { return damaged_; }

private:
    std::optional<base::DirectoryStream> entries_;
    std::vector<ShareLink> links_;
    std::vector<std::string> damaged_;
    int error_ = 0;
};

}  // namespace access_control
