// Remembers what was at a path when it was opened, sidecars included, and checks whether that still holds. This check
// keeps the representation cache from being stale. Called by the cache and the builder of representations.
#pragma once

#include <sys/stat.h>

#include <array>
#include <cstdint>
#include <expected>
#include <string_view>

#include "base/clock.h"
#include "storage/file_root.h"
#include "storage/sidecar_name.h"

namespace storage {

class PathWatch {
public:
    /// A name beside the file, with its stat when it exists.
    struct Sidecar {
        bool exists = false;  ///< as a name; it may be a link that leads nowhere
        int error = 0;        ///< errno of the stat, 0 when `status` is meaningful
        struct stat status{};
    };

    /// Looks at what the path leads to, without opening it. The first call of all, and before the file is opened.
    [[nodiscard]] std::expected<struct stat, FileError> look(const FileRoot& root, std::string_view path);
    /// Looks at the sidecars of `path` and their directory. To be called before the file itself is opened.
    void look_at_sidecars(const FileRoot& root, std::string_view path, base::UnixNs now);
    /// The file as it was opened.
    void set_file(const struct stat& status) { file_ = status; }

    /// True when the path and its sidecars are what they were. One fstatat, two with sidecars, and one more for each
    /// that exists; where a link is on the way, three calls in place of each.
    [[nodiscard]] bool holds(const FileRoot& root, std::string_view path, base::UnixNs now);

    [[nodiscard]] bool passes_link() const { return passes_link_; }
    [[nodiscard]] const Sidecar& sidecar(std::size_t index) const { return sidecars_[index]; }

private:
    /// What shows that the names in the directory are the same.
    enum class Names : std::uint8_t {
        unwatched,   ///< this file has no sidecars to look for
        by_stamp,    ///< as long as the directory's stamps are the same
        one_by_one,  ///< its stamps are too young to tell two changes apart
    };

    [[nodiscard]] std::expected<struct stat, FileError> status_of(const FileRoot& root, std::string_view path) const;
    [[nodiscard]] Sidecar see(const FileRoot& root, std::string_view path, std::string_view suffix) const;
    [[nodiscard]] bool sidecars_hold(const FileRoot& root, std::string_view path, base::UnixNs now);

    Names names_ = Names::unwatched;
    bool passes_link_ = false;  ///< then every look is one that proves that nothing outside the root is touched
    struct stat file_{};
    struct stat directory_{};
    std::array<Sidecar, kSidecarSuffixes.size()> sidecars_;
};

/// `path` with a suffix, without allocation; for the calls of FileRoot.
class SidecarPath {
public:
    SidecarPath(std::string_view path, std::string_view suffix);
    [[nodiscard]] std::string_view view() const { return {text_.data(), length_}; }

private:
    static constexpr std::size_t kMaxBytes = 4096 + 16;
    std::array<char, kMaxBytes> text_;
    std::size_t length_ = 0;
};

}  // namespace storage
