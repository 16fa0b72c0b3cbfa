// Two lanes with constants of their own. Each step is a bijection of the lane for a given number, and of the number for
// a given lane, so that no single difference is ever lost.
#include "storage/version_tag.h"

#include <bit>
#include <cstddef>
#include <cstring>

#include "base/escape.h"

namespace storage {
namespace {

// Odd, with bits all over: the golden ratio and the square roots of 3 and 5.
constexpr std::uint64_t kGolden = 0x9E3779B97F4A7C15;
constexpr std::uint64_t kRoot3 = 0xBB67AE8584CAA73B;
constexpr std::uint64_t kRoot5 = 0x3C6EF372FE94F82B;

/// Every bit of the result depends on every bit of `x`.
std::uint64_t scatter(std::uint64_t x) {
    x = (x ^ (x >> 31)) * kRoot3;
    x = (x ^ (x >> 29)) * kGolden;
    return x ^ (x >> 32);
}

}  // namespace

void VersionTag::add(std::uint64_t number) {
    lanes_[0] = std::rotl((lanes_[0] ^ number) * kGolden, 29) + kRoot3;
    lanes_[1] = std::rotl((lanes_[1] + number * kRoot5) * kRoot3, 37) ^ lanes_[0];
}

void VersionTag::add(std::string_view text) {
    add(std::uint64_t{text.size()});
    while (!text.empty()) {
        std::uint64_t word = 0;
        const std::size_t count = text.size() < sizeof word ? text.size() : sizeof word;
        std::memcpy(&word, text.data(), count);
        add(word);
        text.remove_prefix(count);
    }
}

std::uint64_t VersionTag::mark() const { return scatter(lanes_[0] ^ std::rotl(lanes_[1], 32)); }

std::string VersionTag::text() const {
    std::string text("\"");
    for (const std::uint64_t number : {mark(), scatter(lanes_[1])}) base::append_hex_number(text, number);
    text.push_back('"');
    return text;
}

}  // namespace storage
