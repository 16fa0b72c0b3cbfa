// What writes have to know of directories that others make and move. An upload into a directory that another one is
// still making must sync that directory's name too before it may answer, and so must one into a directory whose name
// the disk failed to make durable. A write that holds a directory open must see that the directory lies elsewhere now.
// Filled by WritePlace and by what makes and moves directories, asked by WritePlace.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace storage {

class NewDirectories {
public:
    /// Directories whose sync failed that are remembered: a disk that fails so often keeps nothing.
    static constexpr std::size_t kMostFailed = 10'000;

    [[nodiscard]] bool empty() const { return holders_.empty() && failed_.empty(); }
    [[nodiscard]] bool has(std::string_view path) const { return holders_.contains(path) || failed_.contains(path); }
    /// One more upload makes `path` durable; a release() must follow for each.
    void hold(const std::string& path) { ++holders_[path]; }
    void release(const std::string& path) {
        const auto found = holders_.find(path);
        if (found != holders_.end() && --found->second == 0) holders_.erase(found);
    }

    /// The directory stays, and a sync of its name failed: it is new until note_durable().
    void note_failed(const std::string& path) {
        if (failed_.size() < kMostFailed) failed_.insert(path);
    }
    /// A sync of its name succeeded.
    void note_durable(const std::string& path) { failed_.erase(path); }

    /// A directory has another path from here on.
    void note_move() { ++moves_; }
    /// How often a directory was moved.
    [[nodiscard]] std::uint64_t moves() const { return moves_; }

private:
    std::uint64_t moves_ = 0;
    std::map<std::string, std::uint32_t, std::less<>> holders_;
    std::set<std::string, std::less<>> failed_;
};

}  // namespace storage
