// The entity tag of what is made of many parts, as a listing or an archive: a number of 128 bits out of all of them.
// Called by listings/listing_gathering and archives/archive_version.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace storage {

/// Two different sequences of additions give different tags but for chance (one in 2^64 where nobody aims at it): a tag
/// has to tell versions of one resource apart, and is no secret and no signature.
class VersionTag {
public:
    /// "ab" and "c" are not "a" and "bc".
    void add(std::string_view text);
    void add(std::uint64_t number);
    /// With quotes: "\"0123456789abcdef0123456789abcdef\"".
    [[nodiscard]] std::string text() const;
    /// Half of the tag, for comparing what was added so far.
    [[nodiscard]] std::uint64_t mark() const;

private:
    std::array<std::uint64_t, 2> lanes_{0x243F6A8885A308D3, 0x13198A2E03707344};  // the first bits of pi
};

}  // namespace storage
