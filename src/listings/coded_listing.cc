// One part after the other.
#include "listings/coded_listing.h"

#include <algorithm>
#include <cstring>
#include <string>

namespace listings {

http::BodySource::Pulled GatheredSource::pull(std::span<std::byte> into) {
    std::size_t produced = 0;
    while (part_ < text_->parts.size() && produced < into.size()) {
        const std::string& part = text_->parts[part_];
        const std::size_t count = std::min(part.size() - offset_, into.size() - produced);
        std::memcpy(into.data() + produced, part.data() + offset_, count);
        produced += count;
        offset_ += count;
        if (offset_ < part.size()) break;
        ++part_;
        offset_ = 0;
    }
    return {part_ == text_->parts.size() ? Outcome::finished : Outcome::produced, produced};
}

}  // namespace listings
