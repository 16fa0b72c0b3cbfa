// What is served at each path: the open file, its validators, its prepared fields, the bytes of small files and the
// coded variants. An entry is checked against the file system before it answers a request that arrived after the last
// check, so an answer is never older than its request, and under load many requests share one check.
// Called by handlers/static_files; writers invalidate.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

namespace content {

/// The position of the latest receive among all receives of the process. The reactor advances it at every read that
/// brought bytes; Request::arrival is a copy. A check made now is valid for all requests with arrival <= latest.
struct ArrivalClock {
    std::uint64_t latest = 0;
};

}  // namespace content
