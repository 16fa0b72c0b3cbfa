// A size in the largest unit that keeps it whole.
#include "handler/size_limit.h"

#include <array>
#include <string_view>

namespace handler {
namespace {

struct Unit {
    unsigned bits;
    std::string_view name;
};
constexpr std::array<Unit, 4> kUnits = {{{40, " TiB"}, {30, " GiB"}, {20, " MiB"}, {10, " KiB"}}};

std::string size_in_words(std::uint64_t bytes) {
    for (const Unit& unit : kUnits) {
        const std::uint64_t size = std::uint64_t{1} << unit.bits;
        if (bytes >= size && bytes % size == 0) return std::to_string(bytes / size).append(unit.name);
    }
    return std::to_string(bytes) + (bytes == 1 ? " byte" : " bytes");
}

}  // namespace

SizeLimit::SizeLimit(std::uint64_t bytes)
    : bytes_(bytes),
      sentence_("this is longer than the " + size_in_words(bytes) + " that this server takes at once.") {}

}  // namespace handler
