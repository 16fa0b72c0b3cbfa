// The directories that uploads made and have not made durable yet. An upload into a directory that another one is
// still making must sync that directory's name too before it may answer. Filled and asked by WritePlace.
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

private:
    std::map<std::string, std::uint32_t, std::less<>> holders_;
};

}  // namespace storage
