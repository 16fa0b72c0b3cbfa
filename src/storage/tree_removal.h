// Removes directories with all that they hold, in slices while the server runs. They have a name that no request can
// ask for by then, so whoever looks sees them whole or gone. Filled by FileRemoval, by TreeCopy when it is given up,
// and by the sweep of leftovers, which finds those of a process that died; called by site/ between requests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/counters.h"
#include "base/directory_stream.h"
#include "base/fd.h"
#include "storage/disk_queue.h"

namespace storage {

/// ".godwit-<16 hexadecimal digits>.gone": a directory that is to be removed.
[[nodiscard]] bool is_gone_name(std::string_view name);
/// Another one at each call.
[[nodiscard]] std::string make_gone_name();

class TreeRemoval {
public:
    /// Both outlive this.
    TreeRemoval(DiskQueue& disk, const base::Clock& clock) : disk_(disk), clock_(clock) {}

    /// False when as many wait as are taken. Each holds a descriptor.
    [[nodiscard]] bool has_room() const;
    /// `name`: a gone name in `directory`, or that of a copy that was given up. One that is there already is left
    /// alone.
    void add(base::SharedFd directory, std::string name);
    /// Goes on for a part of a millisecond. Follows no link, and enters no other file system and no mount. What cannot
    /// be removed stays, with the directories above it, and the rest goes.
    void advance();
    /// When advance() wants to be called; nullopt: there is nothing to remove.
    [[nodiscard]] std::optional<base::MonotonicMs> due() const { return due_ms_; }
    [[nodiscard]] std::uint64_t removed() const { return removed_; }
    /// Shows the numbers from here on, as long as this lives.
    void register_counters(base::Counters& counters);

private:
    struct Tree {
        base::SharedFd directory;
        std::string name;
    };
    struct Level {
        base::DirectoryStream stream;
        std::string name;      ///< in the level above
        bool removed = false;  ///< something since it was read from its beginning
    };

    std::size_t step();
    std::size_t end_level();
    void take(const dirent& entry);
    void enter(int parent, const std::string& name);
    void give_up();
    void wait();
    [[nodiscard]] int parent_of_last() const;

    DiskQueue& disk_;
    const base::Clock& clock_;
    std::deque<Tree> trees_;   ///< the first one is being removed
    std::vector<Level> open_;  ///< its directories, from the top
    std::optional<base::MonotonicMs> due_ms_;
    bool is_waiting_ = false;  ///< for the machine, in the slice that is under way
    std::uint64_t removed_ = 0;
    std::uint64_t given_up_ = 0;
    base::Counters::Registration shown_;
};

/// A directory that has its gone name. It is handed over when this is destroyed, whatever became of the request.
class GoneTree {
public:
    GoneTree(TreeRemoval& trees, base::SharedFd directory, std::string name)
        : trees_(&trees), directory_(std::move(directory)), name_(std::move(name)) {}
    GoneTree(GoneTree&& other) noexcept = default;
    GoneTree& operator=(GoneTree&&) = delete;
    ~GoneTree() {
        if (directory_ != nullptr) trees_->add(std::move(directory_), std::move(name_));
    }

private:
    TreeRemoval* trees_;
    base::SharedFd directory_;  ///< null: moved from
    std::string name_;
};

}  // namespace storage
