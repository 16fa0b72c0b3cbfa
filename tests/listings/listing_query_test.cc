// Queries of listings.
#include "listings/listing_query.h"

#include "support/catch.h"

using listings::ListingColumn;
using listings::ListingForm;
using listings::ListingOrder;
using listings::parse_listing_query;

TEST_CASE("listing query: what it asks for", "[handlers][listing]") {
    const auto none = parse_listing_query("");
    REQUIRE(none.has_value());
    CHECK_FALSE(none->wants_page());
    const auto all = parse_listing_query("sort=time&order=desc&limit=10000&format=json&after=5:a%2Fb+c%2B%FF%00");
    REQUIRE(all.has_value());
    CHECK(all->column == ListingColumn::time);
    CHECK(all->order == ListingOrder::descending);
    CHECK(all->limit == 10'000U);
    CHECK(all->form == ListingForm::json);
    CHECK(all->after == std::string("5:a/b c+\xFF\0", 10));
    CHECK(all->wants_page());
    CHECK(parse_listing_query("search=a+b%2A")->search == "a b*");
    CHECK_FALSE(parse_listing_query("search=a")->wants_page());
    CHECK(parse_listing_query("format=text")->form == ListingForm::text);
    CHECK_FALSE(parse_listing_query("format=html")->wants_page());
    for (const auto query : {"sort=name", "order=asc", "limit=1", "after=", "sort=type", "sort=size"}) {
        CHECK(parse_listing_query(query)->wants_page());
    }
}

TEST_CASE("listing query: other parameters do not count", "[handlers][listing]") {
    for (const auto query : {"download", "v=1", "&&", "=", "sorted=x", "Sort=x", "utm=a&utm=b", "%zz"}) {
        CAPTURE(query);
        const auto found = parse_listing_query(query);
        REQUIRE(found.has_value());
        CHECK_FALSE(found->wants_page());
        CHECK_FALSE(found->form.has_value());
    }
}

TEST_CASE("listing query: a refusal says what is accepted", "[handlers][listing]") {
    const auto reason = [](std::string_view query) {
        const auto found = parse_listing_query(query);
        REQUIRE_FALSE(found.has_value());
        CHECK(found.error().status == http::Status::bad_request);
        return std::string(found.error().reason);
    };
    for (const auto query : {"sort", "sort=", "sort=date", "sort=NAME", "sort=name%20", "a=b&sort=x&c=d"}) {
        CHECK(reason(query).find("name, size, time or type") != std::string::npos);
    }
    for (const auto query : {"order", "order=down"}) CHECK(reason(query).find("asc or desc") != std::string::npos);
    for (const auto query : {"format=", "format=xml"}) {
        CHECK(reason(query).find("html, json and text") != std::string::npos);
    }
    for (const auto query : {"limit", "limit=", "limit=0", "limit=10001", "limit=-1", "limit=1.5", "limit=+1",
                             "limit=1x", "limit=99999999999999999999"}) {
        CHECK(reason(query).find("from 1 to 10000") != std::string::npos);
    }
    for (const auto query : {"limit=1&limit=1", "after=a&after=b", "sort=name&sort=size", "format=json&format=json"}) {
        CHECK(reason(query).find("twice") != std::string::npos);
    }
}

TEST_CASE("listing query: the next page is asked for like this one", "[handlers][listing]") {
    const auto prefix = [](std::string_view query) { return listings::next_page_prefix(*parse_listing_query(query)); };
    CHECK(prefix("") == "?after=");
    CHECK(prefix("after=b&limit=7") == "?limit=7&after=");
    CHECK(prefix("x=y&limit=7&format=text&order=desc&sort=size") == "?sort=size&order=desc&format=text&limit=7&after=");
}
