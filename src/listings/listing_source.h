// A directory of any size as a response's body: its entries in the file system's order, each looked at and written when
// there is room for it. Made by listings/listings for directories that are too large to be gathered.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "http/body.h"
#include "http/made_text.h"
#include "listings/listing_format.h"
#include "listings/listing_reader.h"
#include "listings/listing_shares.h"

namespace listings {

class ListingSource final : public http::BodySource {
public:
    /// `reader`: at its beginning. `shares` must outlive this; only their clock is used.
    ListingSource(ListingReader reader, std::unique_ptr<ListingFormat> format, ListingShares& shares);

    Pulled pull(std::span<std::byte> into) override;
    [[nodiscard]] std::string_view lack() const override { return reader_.lack(); }

private:
    enum class Stage : std::uint8_t { opening, rows, ended };
    enum class Worked : std::uint8_t { more, failed };

    Worked work();

    ListingReader reader_;
    std::unique_ptr<ListingFormat> format_;
    ListingShares& shares_;
    Stage stage_ = Stage::opening;
    std::uint64_t rows_ = 0;
    std::string entity_tag_;  ///< storage
    http::MadeText text_;
};

}  // namespace listings
