// The order of requests against looks at the file system: a look answers every request that arrived before it.
// Advanced by server/, read by files/representation_cache.
#pragma once

#include <cstdint>

namespace base {

/// The position of the latest receive among all receives of the process. The reactor advances it at every read that
/// brought bytes; Request::arrival is a copy. A check made now is valid for all requests with arrival <= latest.
struct ArrivalClock {
    std::uint64_t latest = 0;
};

}  // namespace base
