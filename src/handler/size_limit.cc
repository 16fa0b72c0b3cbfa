// A size in the largest unit that keeps it whole.
#include "handler/size_limit.h"

#include <string>

#include "base/byte_size.h"

namespace handler {
namespace {

std::string size_in_words(std::uint64_t bytes) {
    const base::ByteSize size = base::in_largest_unit(bytes);
    const std::string count = std::to_string(size.count);
    if (!size.prefix.empty()) return count + " " + std::string(size.prefix) + "iB";
    return count + (bytes == 1 ? " byte" : " bytes");
}

}  // namespace

SizeLimit::SizeLimit(std::uint64_t bytes)
    : bytes_(bytes),
      sentence_("this is longer than the " + size_in_words(bytes) + " that this server takes at once.") {}

}  // namespace handler
