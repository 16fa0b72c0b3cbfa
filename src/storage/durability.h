// What a 2xx for a write promises. Chosen on the command line; asked for by sinks and deletes.
#pragma once

#include <cstdint>

namespace storage {

enum class Durability : std::uint8_t {
    full,  ///< contents and names are on disk before the response
    none,  ///< the kernel has them; a crash of the machine may lose them
};

}  // namespace storage
