// Row by row. No allocation for an entry: its name, its tag and its row are written into texts that are reused.
#include "listings/listing_source.h"

#include <utility>

namespace listings {

ListingSource::ListingSource(ListingReader reader, std::unique_ptr<ListingFormat> format, ListingShares& shares)
    : reader_(std::move(reader)), format_(std::move(format)), shares_(shares) {}

http::BodySource::Pulled ListingSource::pull(std::span<std::byte> into) {
    ListingSlice slice;
    std::size_t produced = 0;
    for (;;) {
        produced += text_.take(into.subspan(produced));
        if (!text_.empty()) return {Outcome::produced, produced};
        if (stage_ == Stage::ended) return {Outcome::finished, produced};
        // The opening is sent at once, so that the client sees that the response has begun.
        const bool is_over = !slice.take(ListingStep::look) || !slice.take(ListingStep::row);
        if (stage_ == Stage::rows && is_over) return {Outcome::produced, produced};
        if (work() == Worked::failed) return {Outcome::failed, produced};
    }
}

/// One name at most.
ListingSource::Worked ListingSource::work() {
    if (stage_ == Stage::opening) {
        format_->opening(text_.out());
        stage_ = Stage::rows;
        return Worked::more;
    }
    switch (reader_.next()) {
        case ListingReader::Step::passed: break;
        case ListingReader::Step::failed: return Worked::failed;
        case ListingReader::Step::end:
            format_->closing(text_.out(), {.entries = rows_, .next = {}});
            stage_ = Stage::ended;
            break;
        case ListingReader::Step::item: {
            ListingItem& item = reader_.item();
            if (item.looked == ListingItem::Looked::no && !reader_.look(item)) break;
            format_->row(text_.out(), item.entry(shares_.clock().unix_ns(), entity_tag_));
            ++rows_;
            break;
        }
    }
    return Worked::more;
}

}  // namespace listings
