// How a listing or the findings of a search are sent: the format, the coding, the fields around it. Made by
// listings/listings and listings/searches for each answer.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "http/accept_encoding.h"
#include "http/body.h"
#include "http/request.h"
#include "http/response.h"
#include "listings/listing_format.h"
#include "listings/listing_page.h"
#include "listings/listing_query.h"
#include "listings/listing_shares.h"

namespace listings {

/// The format that the query or Accept asks for; nullopt: Accept rules out all of them.
[[nodiscard]] std::optional<ListingForm> choose_form(const http::Request& request, const ListingQuery& query);

/// 406 for a request whose Accept-Encoding rules out every form.
[[nodiscard]] http::Response refuse_codings(const http::Request& request);

class SentListing {
public:
    struct Wish {
        ListingForm form = ListingForm::html;
        enum class Named : std::uint8_t { by_accept, by_query } named = Named::by_accept;
        PageActions actions;
        PageVisitor visitor;
        int compression_level = 0;  ///< 0 to 9
    };

    explicit SentListing(Wish wish) : wish_(std::move(wish)) {}

    [[nodiscard]] std::unique_ptr<ListingFormat> make_format(ListingView view) const;

    /// The form in which a plain text of `bytes` is sent, with the memory for making it in `hold`. nullopt: no form is
    /// acceptable.
    [[nodiscard]] std::optional<http::Coding> choose_coding(const http::Request& request, std::uint64_t bytes,
                                                            ListingHold& hold) const;
    /// The answer of the preconditions; nothing when the listing is to be sent. `tag`: empty when there is none.
    [[nodiscard]] std::optional<http::Response> check_conditions(const http::Request& request, const std::string& tag,
                                                                 const base::Clock& clock) const;
    /// Without a body.
    [[nodiscard]] http::Response with_head(const std::string& tag, http::Coding coding) const;
    /// `hold`: from choose_coding().
    [[nodiscard]] std::unique_ptr<http::BodySource> in_coding(http::Coding coding,
                                                              std::unique_ptr<http::BodySource> plain,
                                                              ListingHold hold) const;

private:
    void add_validators(http::Response& response, const std::string& tag) const;

    Wish wish_;
};

}  // namespace listings
