// One phase after the other, each step small enough for a slice to end behind it.
#include "listings/listing_gathering.h"

#include <span>
#include <utility>

#include "base/ascii.h"
#include "base/escape.h"

namespace listings {
namespace {

/// A part of a text ends behind the row that reaches this length.
constexpr std::size_t kPartBytes = 64 * 1024;
/// A row has two forms of a name of 255 bytes, escaped at most sixfold, and its other cells.
constexpr std::size_t kRowRoom = 4 * 1024;

}  // namespace

void append_query_encoded(std::string& out, std::string_view text) {
    constexpr std::string_view kUnescaped = "-._~:/";
    for (const char c : text) {
        if (base::is_alpha(c) || base::is_digit(c) || kUnescaped.find(c) != std::string_view::npos) {
            out.push_back(c);
        } else {
            base::append_percent_encoded(out, c);
        }
    }
}

std::uint64_t GatheredText::bytes() const {
    std::uint64_t sum = 0;
    for (const std::string& part : parts) sum += part.size();
    return sum;
}

ListingGathering::ListingGathering(ListingReader reader, ListingSpan span, ListingShares& shares,
                                   const http::ClientKey& client)
    : reader_(std::move(reader)),
      span_(std::move(span)),
      shares_(shares),
      client_(client),
      entries_hold_(shares, client),
      selection_(span_.ordering, span_.limit, std::move(span_.after), entries_hold_),
      text_(std::make_shared<GatheredText>(shares, client)) {}

ListingGathering::Outcome ListingGathering::work() {
    ListingSlice slice;
    switch (phase_) {
        case Phase::names: return read_names(slice);
        case Phase::sorting: return sort(slice);
        case Phase::looking: return look(slice);
        case Phase::writing: return write(slice);
    }
    return Outcome::failed;
}

ListingGathering::Outcome ListingGathering::read_names(ListingSlice& slice) {
    while (slice.take(ListingStep::name)) {
        switch (reader_.next()) {
            case ListingReader::Step::passed: continue;
            case ListingReader::Step::failed: return Outcome::failed;
            case ListingReader::Step::end: phase_ = Phase::sorting; return sort(slice);
            case ListingReader::Step::item: break;
        }
        ListingItem& item = reader_.item();
        if (span_.ordering.needs_look() && item.looked == ListingItem::Looked::no) {
            static_cast<void>(slice.take(ListingStep::look));
            if (!reader_.look(item)) continue;
        }
        if (!selection_.offer(item)) return give_up();
        if (span_.extent == ListingSpan::Extent::whole && selection_.has_more()) return give_up();
    }
    return Outcome::more;
}

ListingGathering::Outcome ListingGathering::sort(ListingSlice& slice) {
    while (slice.take(ListingStep::sort)) {
        if (selection_.sort_one()) continue;
        phase_ = Phase::looking;
        return look(slice);
    }
    return Outcome::more;
}

ListingGathering::Outcome ListingGathering::look(ListingSlice& slice) {
    const std::span<ListingItem> items = selection_.items();
    while (slice.take(ListingStep::look)) {
        if (at_ == items.size()) {
            at_ = 0;
            phase_ = Phase::writing;
            return Outcome::gathered;
        }
        ListingItem& item = items[at_++];
        // The entry's place follows from what it was when it was found; what is shown is what it is now. An entry that
        // is gone meanwhile is not shown.
        if (item.looked == ListingItem::Looked::no) static_cast<void>(reader_.look(item));
    }
    return Outcome::more;
}

void ListingGathering::write_with(std::unique_ptr<ListingFormat> format, std::string next_prefix) {
    format_ = std::move(format);
    next_prefix_ = std::move(next_prefix);
    format_->opening(part_);
}

void ListingGathering::write_row(const ListingItem& item) {
    const ListingEntry entry = item.entry(shares_.clock().unix_ns(), entity_tag_);
    format_->row(part_, entry);
    ++rows_;
    // The exact values, and the rounded ones that are shown.
    tag_.add(std::string_view(part_).substr(tagged_));
    tag_.add(entry.bytes);
    tag_.add(static_cast<std::uint64_t>(entry.modified_seconds));
    tag_.add(std::uint64_t{entry.modified_ns});
    tagged_ = part_.size();
}

ListingGathering::Outcome ListingGathering::write(ListingSlice& slice) {
    const std::span<const ListingItem> items = selection_.items();
    while (slice.take(ListingStep::row)) {
        if (at_ == items.size()) return finish();
        const std::size_t before = part_.size();
        if (items[at_].looked == ListingItem::Looked::yes) write_row(items[at_]);
        if (!fits()) {
            if (span_.extent == ListingSpan::Extent::whole || rows_ < 2) return give_up();
            // A page may be shorter than its limit; the next one begins here.
            part_.resize(before);
            tagged_ = before;
            --rows_;
            return finish();
        }
        ++at_;
        if (part_.size() >= kPartBytes) end_part();
    }
    return Outcome::more;
}

/// False when the text is too long, or the memory of all listings used up.
bool ListingGathering::fits() {
    const std::size_t bytes = ended_ + part_.capacity();
    if (bytes > kListingTextBytes) return false;
    return bytes <= text_->hold.bytes() || text_->hold.grow(bytes - text_->hold.bytes());
}

void ListingGathering::end_part() {
    ended_ += part_.capacity();
    text_->parts.push_back(std::move(part_));
    part_ = {};
    part_.reserve(kPartBytes + kRowRoom);
    tagged_ = 0;
}

ListingGathering::Outcome ListingGathering::finish() {
    const std::span<const ListingItem> items = selection_.items();
    if (at_ > 0 && (at_ < items.size() || selection_.has_more())) {
        next_ = next_prefix_;
        append_query_encoded(next_, span_.ordering.place_of(items[at_ - 1]));
    }
    format_->closing(part_, {.entries = rows_, .next = next_});
    tag_.add(std::string_view(part_).substr(tagged_));
    text_->parts.push_back(std::move(part_));
    selection_.clear();
    return Outcome::written;
}

ListingGathering::Outcome ListingGathering::give_up() {
    selection_.clear();
    text_ = std::make_shared<GatheredText>(shares_, client_);
    return span_.extent == ListingSpan::Extent::whole ? Outcome::too_large : Outcome::no_memory;
}

ListingReader ListingGathering::take_reader() {
    reader_.rewind();
    return std::move(reader_);
}

}  // namespace listings
