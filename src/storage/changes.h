// Tells the cache of files that a path changed. Implemented by the cache, called by Publication for every change of a
// name.
#pragma once

#include <string_view>

namespace storage {

class Changes {
public:
    virtual ~Changes() = default;
    /// This process has changed what is at `path` (a decoded path below the root). Called after the change and before
    /// its response.
    virtual void path_changed(std::string_view path) = 0;
};

}  // namespace storage
