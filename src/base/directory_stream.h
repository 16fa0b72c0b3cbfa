// The entries of an open directory, one after the other. Called by all that reads directories.
#pragma once

#include <dirent.h>

#include <memory>

#include "base/fd.h"

namespace base {

/// Opens the directory `name` in `parent`, but no link to one. errno says why there is none.
[[nodiscard]] Fd open_directory(int parent, const char* name);

class DirectoryStream {
public:
    /// Takes the descriptor. When there is none, or it is not one of a directory, the stream is false and `errno` says
    /// why: the error of the call that should have opened it, or of this one, which then closes it.
    explicit DirectoryStream(Fd directory);

    [[nodiscard]] explicit operator bool() const { return stream_ != nullptr; }
    /// The directory's descriptor, for calls on its entries: never negative, and open as long as this lives. Only for a
    /// stream that is true.
    [[nodiscard]] int descriptor() const { return descriptor_; }
    /// The next entry, which stays valid until the next call; null at the end with `errno` 0, and at an error. Only for
    /// a stream that is true.
    [[nodiscard]] const dirent* next();
    /// Goes back to the first entry.
    void rewind() { ::rewinddir(stream_.get()); }

private:
    struct Close {
        void operator()(DIR* stream) const { ::closedir(stream); }
    };

    std::unique_ptr<DIR, Close> stream_;
    int descriptor_;  ///< owned by the stream
};

/// True for "." and "..", which every directory has.
[[nodiscard]] bool is_dot_or_dot_dot(const dirent& entry);
/// True when `entry`, read from the directory `parent`, is a directory itself. A link to one is none.
[[nodiscard]] bool is_directory(int parent, const dirent& entry);

}  // namespace base
