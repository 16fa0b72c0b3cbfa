// Who wants to know that a path changed: the cache of files. Called by everything that writes, removes or makes a name.
#pragma once

#include <string_view>

namespace storage {

class Changes {
public:
    virtual ~Changes() = default;
    /// What is at `path` (a decoded path below the root) was or is about to be changed by this process. Called after
    /// the change and before its response.
    virtual void path_changed(std::string_view path) = 0;
};

}  // namespace storage
