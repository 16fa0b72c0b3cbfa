// The names in one directory in the order of their bytes, however many there are, in bounded memory: the directory is
// read again for the next ones when those that fit are used up. Called by archive_walk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "archives/archive_slice.h"
#include "base/directory_stream.h"
#include "base/fd.h"

namespace archives {

class OrderedNames {
public:
    explicit OrderedNames(base::Fd directory);

    enum class Step : std::uint8_t {
        name,  ///< name() and kind() are the next one
        more,  ///< the slice is used up
        end,
        failed,  ///< the directory cannot be read; error() is the errno
    };
    /// Names that begin with a dot are left out. Each name comes at most once, even if files are added or removed
    /// during the walk. `room_bytes`: memory for waiting names; one name is kept even if it is larger.
    Step next(ArchiveSlice& slice, std::size_t room_bytes);

    /// Without a slash. Valid until the next call of next().
    [[nodiscard]] const std::string& name() const { return name_; }
    /// As readdir tells it (DT_REG, …, DT_UNKNOWN).
    [[nodiscard]] unsigned char kind() const { return kind_; }
    /// What the names that wait take.
    [[nodiscard]] std::size_t held_bytes() const { return held_bytes_; }
    [[nodiscard]] int error() const { return error_; }

private:
    void keep(const char* name, unsigned char kind, std::size_t room_bytes);

    base::DirectoryStream stream_;
    std::map<std::string, unsigned char, std::less<>> names_;
    std::size_t held_bytes_ = 0;
    std::string name_;  ///< the last one that was given; empty before the first
    unsigned char kind_ = 0;
    int error_ = 0;
    bool is_reading_ = true;
    bool has_more_ = false;  ///< larger names than those that wait did not fit
};

}  // namespace archives
