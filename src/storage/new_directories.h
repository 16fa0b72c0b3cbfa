// What writes have to know of directories that others make and move. An upload into a directory that another one is
// still making must sync that directory's name too before it may answer, and a write that holds a directory open must
// see that the directory lies elsewhere now. Filled by WritePlace and by what makes and moves directories, asked by
// WritePlace.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace storage {

class NewDirectories {
public:
    [[nodiscard]] bool empty() const { return holders_.empty(); }
    [[nodiscard]] bool has(std::string_view path) const { return holders_.find(path) != holders_.end(); }
    /// One more upload makes `path` durable; a release() must follow for each.
    void hold(const std::string& path) { ++holders_[path]; }
    void release(const std::string& path) {
        const auto found = holders_.find(path);
        if (found != holders_.end() && --found->second == 0) holders_.erase(found);
    }

    /// A directory has another path from here on.
    void note_move() { ++moves_; }
    /// How often a directory was moved.
    [[nodiscard]] std::uint64_t moves() const { return moves_; }

private:
    std::uint64_t moves_ = 0;
    std::map<std::string, std::uint32_t, std::less<>> holders_;
};

}  // namespace storage
