// What a power loss would leave of the served directory at least: the content of each file when it was last synced, and
// the names of each directory when that was. Kept by the simulated disk, asked by the world at each promise. Needs a
// file system in memory, which gives no inode's number to a second file.
#pragma once

#include <sys/types.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace simulation {

class DurableView {
public:
    /// Everything below the directory `root` is durable now.
    void take_all(int root);
    /// `file`, a file or a directory, was synced.
    void note_sync(int file);
    /// The durable content of the file at `path`, "a/b" below the root; nullopt where there is no such file.
    [[nodiscard]] std::optional<std::string> content(std::string_view path) const;

private:
    using Names = std::map<std::string, ino_t, std::less<>>;
    [[nodiscard]] const ino_t* find(std::string_view path) const;

    ino_t root_ = 0;
    std::map<ino_t, Names> directories_;
    std::map<ino_t, std::string> files_;
};

/// All bytes of the regular file `file`.
[[nodiscard]] std::string content_of(int file);

}  // namespace simulation
