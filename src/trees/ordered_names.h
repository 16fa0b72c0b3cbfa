// The names in one directory in the order of their bytes, however many there are, in bounded memory: the directory is
// read again for the next ones when those that fit are used up. Called by tree_walk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "base/directory_stream.h"
#include "base/fd.h"
#include "storage/dot_files.h"
#include "trees/file_filter.h"
#include "trees/walk_slice.h"

namespace trees {

class OrderedNames {
public:
    /// `filter`: files that it does not want are left out; null: none are. It outlives this.
    explicit OrderedNames(base::Fd directory, const FileFilter* filter = nullptr,
                          storage::DotFiles dot_files = storage::DotFiles::hide);

    enum class Step : std::uint8_t {
        name,  ///< name() and kind() are the next one
        more,  ///< the slice is used up
        end,
        failed,  ///< the directory cannot be read; error() is the errno
    };
    /// Names that are not shown are left out. Each name comes at most once, even if files are added or removed
    /// during the walk. `room_bytes`: memory for waiting names; one name is kept even if it is larger.
    Step next(WalkSlice& slice, std::size_t room_bytes);

    /// Without a slash. Valid until the next call of next().
    [[nodiscard]] const std::string& name() const { return name_; }
    /// As readdir tells it (DT_REG, …, DT_UNKNOWN).
    [[nodiscard]] unsigned char kind() const { return kind_; }
    /// The directory's, open as long as this lives; only when next() did not fail.
    [[nodiscard]] int descriptor() const { return stream_.descriptor(); }
    /// What the names that wait take.
    [[nodiscard]] std::size_t held_bytes() const { return held_bytes_; }
    [[nodiscard]] int error() const { return error_; }

private:
    void keep(const dirent& found, std::size_t room_bytes, WalkSlice& slice);

    base::DirectoryStream stream_;
    const FileFilter* filter_;
    storage::DotFiles dot_files_;
    std::map<std::string, unsigned char, std::less<>> names_;
    std::size_t held_bytes_ = 0;
    std::string name_;  ///< the last one that was given; empty before the first
    unsigned char kind_ = 0;
    int error_ = 0;
    bool is_reading_ = true;
    bool has_more_ = false;  ///< larger names than those that wait did not fit
};

}  // namespace trees
