// How a listing is sent: what listings and searches have in common.
#include "listings/sent_listing.h"

#include "media/encoding_source.h"
#include "support/catch.h"
#include "support/fake_clock.h"
#include "support/parsed_request.h"

using http::Coding;
using listings::ListingForm;
using listings::SentListing;

TEST_CASE("sent listing: a coding where the client takes it, the text is long enough and memory is left", "[listing]") {
    const FakeClock clock;
    listings::ListingShares shares(clock, media::kEncodingSourceBytes);
    const SentListing sent({.compression_level = 6});
    const auto coding = [&](std::string_view lines, std::uint64_t bytes) {
        const ParsedRequest request("GET", "/", lines);
        listings::ListingHold hold(shares);
        return sent.choose_coding(request.get(), bytes, hold);
    };
    CHECK(coding("Accept-Encoding: gzip\r\n", 100'000) == Coding::gzip);
    CHECK(coding("Accept-Encoding: gzip\r\n", 10) == Coding::identity);
    CHECK(coding("", 100'000) == Coding::identity);
    CHECK(coding("Accept-Encoding: identity;q=0, *;q=0\r\n", 100'000) == std::nullopt);
    listings::ListingHold others(shares);
    REQUIRE(others.grow(1));
    CHECK(coding("Accept-Encoding: gzip\r\n", 100'000) == Coding::identity);
}

TEST_CASE("sent listing: the head says what the answer depends on, and pages of visitors are theirs", "[listing]") {
    using Named = SentListing::Wish::Named;
    const auto head = [](SentListing::Wish wish) {
        return take_answer(SentListing(std::move(wish)).with_head({}, Coding::gzip), http::Method::get);
    };
    const Answer page = head({.compression_level = 6});
    CHECK(page.field("Vary") == "Accept, Accept-Encoding");
    CHECK(page.field("Content-Encoding") == "gzip");
    CHECK(head({.form = ListingForm::json, .named = Named::by_query}).field("Vary") == "-");
    const SentListing::Wish ada{.visitor = {.offer = {}, .name = "ada", .path = {}}};
    CHECK_FALSE(SentListing({}).with_head({}, Coding::identity).is_personal);
    CHECK(SentListing(ada).with_head({}, Coding::identity).is_personal);
}
