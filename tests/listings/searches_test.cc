// Searches as answers.
#include "listings/searches.h"

#include "access_control/grants.h"
#include "listings/listings.h"
#include "support/catch.h"
#include "support/parsed_request.h"
#include "support/rights.h"
#include "support/served_tree.h"
#include "trees/tree_walk.h"

namespace {

struct Site {
    explicit Site(listings::ListingsConfig config = {}, std::size_t max_bytes = listings::kListingsBytes)
        : shares(clock, max_bytes), listings(root, wakes, shares, std::move(config)) {}

    Answer ask(std::string_view method, std::string_view target, std::string_view lines = {},
               handler::Rights rights = support::kAllRights) {
        const ParsedRequest request(method, target, lines);
        return take_answer(listings.list(request.get(), *root.open_directory(request.get().path()), rights),
                           request.get().method);
    }
    Answer get(std::string_view target, std::string_view lines = {}) { return ask("GET", target, lines); }

    ServedTree tree;
    storage::FileRoot root = tree.open();
    FakeClock clock = settled_clock();
    base::WakeQueue wakes;
    listings::ListingShares shares;
    listings::Listings listings;
};

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("searches: as a page, as JSON and as text, without a tag", "[listing]") {
    Site site;
    site.tree.make_directory("d");
    site.tree.write("d/bill", "x");
    const Answer page = site.get("/?search=bill");
    CHECK(page.status == 200);
    CHECK(page.field("Content-Type") == "text/html; charset=utf-8");
    CHECK(page.field("ETag") == "-");
    CHECK(page.field("Vary") == "Accept");
    CHECK(page.field("Content-Security-Policy") != "-");
    CHECK_FALSE(page.length.has_value());
    CHECK(has(page.body, "d/bill</a>"));
    CHECK(has(site.get("/?search=bill", "Accept: application/json\r\n").body, "\"name\":\"d/bill\""));
    const Answer text = site.get("/?search=bill&format=text");
    CHECK(text.body == "d/bill\n");
    CHECK(text.field("Content-Type") == "text/plain; charset=utf-8");
    CHECK(site.ask("HEAD", "/?search=bill").lines == page.lines);
    CHECK(site.get("/?search=bill", "If-Match: \"x\"\r\n").status == 412);
    CHECK(site.shares.bytes_left() == listings::kListingsBytes);
}

TEST_CASE("searches: an empty box is the listing, and its page has no forms that change something", "[listing]") {
    Site site({.actions = {.upload = listings::PageActions::Upload::whole,
                           .removal = listings::PageActions::Removal::offered}});
    site.tree.write("bill", "x");
    CHECK(has(site.get("/?search=+").body, "method=\"post\""));
    const Answer found = site.get("/?search=bill");
    CHECK_FALSE(has(found.body, "method=\"post\""));
    CHECK_FALSE(has(found.field("Content-Security-Policy"), "connect-src"));
}

TEST_CASE("searches: what makes no sense is refused with what does", "[listing]") {
    Site site;
    for (const auto* query : {"sort=name", "order=asc", "after=a", "search=b", "limit=0", "format=xml"}) {
        CAPTURE(query);
        CHECK(site.get("/?search=a&" + std::string(query)).status == 400);
    }
    CHECK(site.get("/?search=a%2Fb").status == 400);
    CHECK(site.get("/?search=a&limit=5").status == 200);
    CHECK(site.get("/?search=a", "Accept: image/png\r\n").status == 406);
}

TEST_CASE("searches: are refused for the moment when memory is used up", "[listing]") {
    Site site({}, trees::kWalkBytes - 1);
    const Answer refused = site.get("/?search=a");
    CHECK(refused.status == 503);
    CHECK(refused.field("Retry-After") != "-");
}

TEST_CASE("searches: a client finds what listings show it, and nothing where it may not list", "[listing]") {
    std::vector<access_control::Grant> grants;
    for (const auto* line : {"/ * read list", "/private * none", "/unlisted * read"}) {
        grants.push_back(*access_control::parse_grant(line));
    }
    Site site({.grants = std::make_shared<const access_control::Grants>(std::move(grants))});
    for (const auto* name : {"open", "private", "unlisted"}) {
        site.tree.make_directory(name);
        site.tree.write(std::string(name) + "/bill", "x");
    }
    site.tree.make_directory("private/bill-box");
    CHECK(site.get("/?search=bill&format=text").body == "open/bill\n");
    CHECK(site.get("/?search=private&format=text").body.empty());
    CHECK(site.get("/?search=unlisted&format=text").body == "unlisted/\n");
    const Answer box = site.ask("GET", "/?search=bill", {}, handler::Rights(handler::Right::create));
    CHECK_FALSE(has(box.body, "bill"));
}
