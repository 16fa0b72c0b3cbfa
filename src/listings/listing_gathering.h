// A listing in order, made in slices before its answer begins: entries are gathered, sorted, looked at and written, so
// that the answer has a length and a tag of its own. Called by listings/listings.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "listings/listing_format.h"
#include "listings/listing_order.h"
#include "listings/listing_reader.h"
#include "listings/listing_selection.h"
#include "listings/listing_shares.h"
#include "storage/version_tag.h"

namespace listings {

/// Which entries, in which order.
struct ListingSpan {
    ListingOrdering ordering{ListingColumn::name, ListingOrder::ascending};
    enum class Extent : std::uint8_t {
        whole,  ///< all, or too_large
        page,   ///< the first `limit` behind `after`
    } extent = Extent::whole;
    std::size_t limit = kGatheredEntries;  ///< 1 to kGatheredEntries
    std::optional<ListingItem> after;      ///< from ListingOrdering::find_place
};

/// A listing's text, in parts of about 64 KiB, with its share of the memory of all listings.
struct GatheredText {
    GatheredText(ListingShares& shares, const http::ClientKey& client) : hold(shares, client) {}
    [[nodiscard]] std::uint64_t bytes() const;

    std::vector<std::string> parts;
    ListingHold hold;
};

class ListingGathering {
public:
    enum class Outcome : std::uint8_t {
        more,       ///< more work follows in the next turn
        gathered,   ///< the entries are here; write_with() says how they are written
        written,    ///< text() and tag() are the answer
        too_large,  ///< the whole listing is too large to be gathered: take_reader() gives what is streamed
        no_memory,  ///< other listings hold the memory; only for a page, which cannot be streamed
        failed,     ///< the directory cannot be read; error() is the errno
    };

    /// `shares` must outlive this and its text. `client`: whose memory it is.
    ListingGathering(ListingReader reader, ListingSpan span, ListingShares& shares, const http::ClientKey& client = {});

    /// Works for one slice.
    Outcome work();

    /// What is known once gathered, for the format's making.
    [[nodiscard]] bool has_more() const { return selection_.has_more(); }
    /// After `gathered`, once. `next_prefix`: the query of the next page up to the value of its `after`, which comes
    /// last.
    void write_with(std::unique_ptr<ListingFormat> format, std::string next_prefix);

    /// After `written`.
    [[nodiscard]] std::shared_ptr<const GatheredText> text() const { return text_; }
    [[nodiscard]] std::string tag() const { return tag_.text(); }
    /// Of the next page, a relative reference; empty when there is none.
    [[nodiscard]] const std::string& next() const { return next_; }

    /// After `too_large` or `no_memory`: a reader at the beginning of the directory.
    [[nodiscard]] ListingReader take_reader();
    [[nodiscard]] int error() const { return reader_.error(); }
    /// Of memory for the entries and the text.
    [[nodiscard]] std::size_t memory_bytes() const {
        return entries_hold_.bytes() + (text_ == nullptr ? 0 : text_->hold.bytes());
    }
    /// As ListingReader says.
    [[nodiscard]] std::string_view lack() const { return reader_.lack(); }

private:
    enum class Phase : std::uint8_t { names, sorting, looking, writing };

    Outcome read_names(ListingSlice& slice);
    Outcome sort(ListingSlice& slice);
    Outcome look(ListingSlice& slice);
    Outcome write(ListingSlice& slice);
    Outcome finish();
    Outcome give_up();
    [[nodiscard]] bool fits();
    void write_row(const ListingItem& item);
    void end_part();

    ListingReader reader_;
    ListingSpan span_;
    ListingShares& shares_;
    http::ClientKey client_;
    ListingHold entries_hold_;
    ListingSelection selection_;
    Phase phase_ = Phase::names;
    std::size_t at_ = 0;  ///< the next entry to look at or to write
    std::unique_ptr<ListingFormat> format_;
    std::string next_prefix_;
    std::string next_;
    std::shared_ptr<GatheredText> text_;
    std::string part_;        ///< the last part of the text, not yet in text_
    std::size_t ended_ = 0;   ///< bytes of the parts before it
    std::size_t tagged_ = 0;  ///< bytes of part_ that are in tag_
    std::string entity_tag_;  ///< storage
    std::uint64_t rows_ = 0;
    storage::VersionTag tag_;
};

/// Letters, digits and "-._~:/" as they are, all else as %XX: for the value of a query's parameter.
void append_query_encoded(std::string& out, std::string_view text);

}  // namespace listings
