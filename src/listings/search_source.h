// What a search finds below a directory as a response's body: each name that is wanted is looked at and written when
// there is room for it. Made by listings/searches.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "http/body.h"
#include "http/made_text.h"
#include "http/memory_share.h"
#include "listings/entry_look.h"
#include "listings/listing_format.h"
#include "listings/listing_item.h"
#include "listings/search_words.h"
#include "media/media_type.h"
#include "trees/tree_walk.h"

namespace listings {

/// What one search may cost, in the units of a slice: some four seconds of work, for several million names. Each of its
/// slices takes turns with all other heavy work.
inline constexpr std::uint64_t kSearchUnits = 20'000'000;
/// Findings of a search that states no limit.
inline constexpr std::size_t kSearchFindings = 1000;

class SearchSource final : public http::BodySource {
public:
    struct Bounds {
        std::size_t findings = kSearchFindings;
        std::uint64_t units = kSearchUnits;
    };
    /// Root, types and clock outlive this.
    struct Parts {
        const media::MediaTypes& types;
        const base::Clock& clock;
        Bounds bounds;
    };

    /// `scope`: the folder, its filter not set. `directory`: the folder, open. `hold`: what the walk may take, given
    /// back with this.
    SearchSource(SearchWords words, const trees::TreeScope& scope, base::Fd directory,
                 std::unique_ptr<ListingFormat> format, Parts parts, http::MemoryHold hold);

    /// Never fails: what could not be searched is said at the end.
    Pulled pull(std::span<std::byte> into) override;
    [[nodiscard]] std::string_view lack() const override;
    [[nodiscard]] std::size_t memory_bytes() const override { return hold_.bytes(); }

private:
    enum class Stage : std::uint8_t { opening, findings, ended };

    void work(trees::WalkSlice& slice);
    void offer(trees::WalkSlice& slice);
    void finish(ListingEnd::Rest rest);

    std::unique_ptr<const SearchWords> words_;  ///< the walk has its address
    std::string folder_;
    trees::TreeWalk walk_;
    std::unique_ptr<ListingFormat> format_;
    Parts parts_;
    http::MemoryHold hold_;
    EntryLook look_;
    Stage stage_ = Stage::opening;
    std::uint64_t spent_ = 0;  ///< units
    std::uint64_t rows_ = 0;
    int error_ = 0;  ///< errno that ended the walk
    ListingItem item_;
    std::string path_;        ///< storage
    std::string entity_tag_;  ///< storage
    http::MadeText text_;
};

}  // namespace listings
