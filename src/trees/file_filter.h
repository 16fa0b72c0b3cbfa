// Which files a walk is about. Implemented by what searches for names; called by ordered_names and tree_walk.
#pragma once

#include <string_view>

#include "trees/walk_slice.h"

namespace trees {

class FileFilter {
public:
    virtual ~FileFilter() = default;
    /// `name`: the last one of a file's path. Adds to `slice` what the answer cost.
    [[nodiscard]] virtual bool wants(std::string_view name, WalkSlice& slice) const = 0;
};

}  // namespace trees
