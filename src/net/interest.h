// What a descriptor is watched for. Asked by the poller; streams and connections say it.
#pragma once

#include <cstdint>

namespace net {

/// Errors and hang-ups are reported whatever the interest.
enum class Interest : std::uint8_t { none = 0, read = 1, write = 2, read_write = 3 };

[[nodiscard]] constexpr Interest operator|(Interest a, Interest b) {
    return static_cast<Interest>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}

}  // namespace net
