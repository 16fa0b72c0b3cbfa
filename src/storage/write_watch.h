// Tells whether an open file was written to, or whether only its time, mode or name was touched. stat shows all of
// these alike; inotify tells them apart. Held by the builder of representations, asked by open files that no longer
// look the same.
#pragma once

#include <sys/types.h>

#include <unordered_map>

#include "base/fd.h"

namespace storage {

class WriteWatch {
public:
    /// What happened to a file since its watch began.
    struct Seen {
        bool written = true;   ///< written to or truncated; true also when it is not known
        bool touched = false;  ///< its time, mode, owner or number of names was set
    };
    static constexpr int kNone = -1;

    /// Watches an open file. kNone: the kernel gives no watch, and nothing is known about the file.
    [[nodiscard]] int begin(int descriptor);
    [[nodiscard]] Seen look(int watch);
    /// Once for each begin().
    void end(int watch);

private:
    struct Mark {
        unsigned users = 0;  ///< a file that is opened twice has one watch
        Seen seen{.written = false, .touched = false};
    };

    void take_events();

    base::Fd inotify_;
    std::unordered_map<int, Mark> marks_;
};

}  // namespace storage
