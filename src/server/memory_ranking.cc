// The lists by size.
#include "server/memory_ranking.h"

namespace server {

std::vector<MemoryRanking::Link> MemoryRanking::ends() {
    std::vector<Link> links(kSizes);
    for (std::uint32_t size = 0; size < kSizes; ++size) links[size].previous = links[size].next = size;
    return links;
}

void MemoryRanking::unlink(Link& link) {
    links_[link.previous].next = link.next;
    links_[link.next].previous = link.previous;
}

void MemoryRanking::append(std::uint32_t number, std::uint32_t size) {
    const std::uint32_t last = links_[size].previous;
    links_[number].previous = last;
    links_[number].next = size;
    links_[last].next = number;
    links_[size].previous = number;
}

void MemoryRanking::change(std::uint32_t number, std::size_t bytes) {
    if (number >= links_.size()) links_.resize(number + 1);
    Link& link = links_[number];
    const bool stays = link.bytes > 0 && bytes > 0 && size_of(link.bytes) == size_of(bytes);
    if (!stays && link.bytes > 0) unlink(link);
    if (!stays && bytes > 0) append(number, size_of(bytes));
    charge_.set(charge_.bytes() - link.bytes + bytes);
    link.bytes = bytes;
}

}  // namespace server
