// Pages of a real directory.
#include "listings/listing_page.h"

#include "listings/listing_rows.h"
#include "listings/listings.h"
#include "support/catch.h"
#include "support/parsed_request.h"
#include "support/rights.h"
#include "support/served_tree.h"

namespace {

std::string listing(const ServedTree& tree, std::string_view path) {
    const auto root = tree.open();
    const FakeClock clock = settled_clock();
    base::WakeQueue wakes;
    listings::ListingShares shares(clock);
    listings::Listings listings(root, wakes, shares, {});
    const ParsedRequest request("GET", path);
    return take_answer(listings.list(request.get(), *root.open_directory(path), support::kAllRights)).body;
}

bool has(const std::string& page, std::string_view part) { return page.find(part) != std::string::npos; }

using listings::ListingColumn;
using listings::ListingEnd;
using listings::ListingEntry;
using listings::ListingOrder;
using listings::ListingView;
using listings::PageActions;

constexpr PageActions kEverything{.upload = PageActions::Upload::resumable, .removal = PageActions::Removal::offered};

std::string page_of(const ListingView& view, const std::vector<ListingEntry>& entries = {}, PageActions actions = {},
                    const ListingEnd& end = {}) {
    listings::ListingPage format(view, actions);
    std::string page;
    format.opening(page);
    for (const auto& entry : entries) format.row(page, entry);
    format.closing(page, end);
    return page;
}

}  // namespace

TEST_CASE("listing: folders first, then names without regard to case", "[handlers][listing]") {
    const ServedTree tree;
    for (const auto name : {"b.txt", "A.txt", "c.txt"}) tree.write(name, "x");
    tree.make_directory("z");
    const std::string page = listing(tree, "/");
    const auto z = page.find("href=\"z/\"");
    const auto a = page.find("href=\"A.txt\"");
    const auto b = page.find("href=\"b.txt\"");
    const auto c = page.find("href=\"c.txt\"");
    CHECK(z < a);
    CHECK(a < b);
    CHECK(b < c);
    CHECK(c != std::string::npos);
    CHECK_FALSE(has(page, "../"));
    CHECK(has(listing(tree, "/z/"), "<a href=\"../\">"));
}

TEST_CASE("listing: names are escaped as text and encoded as links", "[handlers][listing]") {
    const ServedTree tree;
    tree.write("<img src=x onerror=\"alert(1)\">&'.txt", "x");
    tree.write("a:b c?.txt", "x");
    tree.write("line\nbreak", "x");
    const std::string page = listing(tree, "/");
    CHECK_FALSE(has(page, "<img"));
    CHECK(has(page, "&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&amp;&#39;.txt"));
    CHECK(has(page, "href=\"%3Cimg"));
    CHECK(has(page, "href=\"./a%3Ab%20c%3F.txt\""));
    CHECK(has(page, "href=\"line%0Abreak\""));
    CHECK(has(page, "line␊break"));
}

TEST_CASE("listing: shows what a request would get, and nothing else", "[handlers][listing]") {
    const ServedTree tree;
    tree.write(".hidden", "x");
    tree.write("a.txt", std::string(1536, 'x'));
    tree.set_mtime("a.txt", 784'111'777);
    tree.make_fifo("fifo");
    tree.link("../outside.txt", "out.txt");
    tree.link("a.txt", "in.txt");
    tree.link("none", "dangling");
    const std::string page = listing(tree, "/");
    CHECK(has(page, "1.5 KiB"));
    CHECK(has(page, "1994-11-06 08:49"));
    CHECK(has(page, "href=\"in.txt\""));
    for (const auto name : {".hidden", "fifo", "out.txt", "dangling"}) CHECK_FALSE(has(page, name));
}

TEST_CASE("listing: absurd times", "[handlers][listing]") {
    const ServedTree tree;
    tree.write("old", "x");
    tree.set_mtime("old", -99'999'999'999);
    for (int i = 0; i < 100; ++i) tree.write("file" + std::to_string(i), "x");
    const std::string page = listing(tree, "/");
    CHECK(has(page, "</html>\n"));
}

TEST_CASE("listing page: a file's row has its link, sizes, time and type", "[handlers][listing]") {
    const ListingEntry file{.name = "a b.txt",
                            .bytes = 1'536'000,
                            .modified_seconds = 784'111'777,
                            .media_type = "text/plain; charset=utf-8"};
    const std::string page = page_of({.path = "/"}, {file}, {}, {.entries = 1});
    CHECK(has(page,
              "<tr class=\"text\"><th scope=\"row\" class=\"name\"><a href=\"a%20b.txt\" dir=\"auto\">a b.txt</a>"));
    CHECK(has(page, "<td class=\"size\" title=\"1,536,000 bytes\">1.4 MiB</td>"));
    CHECK(has(page, "<time datetime=\"1994-11-06T08:49:37Z\">1994-11-06 08:49</time>"));
    CHECK(has(page, "<td class=\"type\">text/plain</td>"));
    CHECK(has(page, "1 entry<"));
}

TEST_CASE("listing page: the path is links that climb, whatever prefix the page is below", "[handlers][listing]") {
    const std::string page = page_of({.path = "/photos/2024 <x>/may/"});
    CHECK(has(page, "<a href=\"../../../\">Home</a>"));
    CHECK(has(page, "<a href=\"../../\"><bdi>photos</bdi></a>"));
    CHECK(has(page, "<a href=\"../\"><bdi>2024 &lt;x&gt;</bdi></a>"));
    CHECK(has(page, "<li aria-current=\"page\"><h1><bdi>may</bdi></h1></li>"));
    CHECK(has(page_of({.path = "/"}), "<li aria-current=\"page\"><h1>Home</h1></li>"));
}

TEST_CASE("listing page: a column's button turns its order around, and says which one is sorted",
          "[handlers][listing]") {
    const std::string plain = page_of({.path = "/"});
    CHECK(has(plain,
              "class=\"name\" aria-label=\"Name\" aria-sort=\"ascending\"><form action=\"./\"><input type=\"hidden\" "
              "name=\"order\" "
              "value=\"desc\"><button name=\"sort\" value=\"name\">Name</button></form>"));
    CHECK(has(plain,
              "class=\"size\" aria-label=\"Size\"><form action=\"./\"><input type=\"hidden\" name=\"order\" "
              "value=\"desc\"><button "
              "name=\"sort\" value=\"size\">"));
    CHECK(has(plain,
              "class=\"type\" aria-label=\"Type\"><form action=\"./\"><input type=\"hidden\" name=\"order\" "
              "value=\"asc\"><button "
              "name=\"sort\" value=\"type\">"));
    const std::string sorted = page_of({.path = "/", .column = ListingColumn::size, .order = ListingOrder::descending});
    CHECK(has(sorted,
              "class=\"size\" aria-label=\"Size\" aria-sort=\"descending\"><form action=\"./\"><input type=\"hidden\" "
              "name=\"order\" "
              "value=\"asc\"><button name=\"sort\" value=\"size\">"));
    CHECK(has(sorted,
              "class=\"name\" aria-label=\"Name\"><form action=\"./\"><input type=\"hidden\" name=\"order\" "
              "value=\"asc\"><button "
              "name=\"sort\" value=\"name\">"));
    const std::string large = page_of({.path = "/", .extent = ListingView::Extent::unsorted});
    CHECK_FALSE(has(large, "aria-sort"));
    CHECK(has(large, "<button name=\"sort\" value=\"name\">Name</button>"));
    CHECK(has(large, "too many to sort at once"));
    // Programs that fetch a whole tree follow links: none leads to the same folder again.
    for (const std::string* page : {&plain, &sorted, &large}) CHECK_FALSE(has(*page, "href=\"./?"));
}

TEST_CASE("listing page: pages lead to the next and to the first one", "[handlers][listing]") {
    const ListingView first{.path = "/", .extent = ListingView::Extent::page, .limit = 10};
    const std::string page = page_of(first, {}, {}, {.entries = 10, .next = "?limit=10&after=b"});
    CHECK(has(page, "<a rel=\"next\" href=\"./?limit=10&amp;after=b\">"));
    CHECK(has(page, "<input type=\"hidden\" name=\"limit\" value=\"10\"><button name=\"sort\""));
    CHECK_FALSE(has(page, "rel=\"first\""));
    ListingView last = first;
    last.start = ListingView::Start::further_on;
    const std::string end = page_of(last);
    CHECK(has(end, "<a rel=\"first\" href=\"./?sort=name&amp;order=asc&amp;limit=10\">"));
    CHECK(has(end, "Nothing follows."));
    CHECK_FALSE(has(end, "rel=\"next\""));
    CHECK(has(page_of({.path = "/"}), "This folder is empty."));
}

TEST_CASE("listing page: forms and the script are there where writing is allowed", "[handlers][listing]") {
    const ListingEntry file{.name = "a\"b", .media_type = "image/png"};
    const std::string reading = page_of({.path = "/"}, {file});
    CHECK_FALSE(has(reading, "method=\"post\""));
    CHECK_FALSE(has(reading, "upload.js"));
    CHECK(has(reading, "<script src=\"./.godwit/filter.js\" defer></script>"));
    CHECK(listings::page_policy({}).find("connect-src") == std::string_view::npos);

    const std::string writing = page_of({.path = "/"}, {file}, kEverything);
    CHECK(has(writing, "<script src=\"./.godwit/upload.js\" defer></script>"));
    CHECK(has(writing, "method=\"post\" action=\"./\" enctype=\"multipart/form-data\" data-resumable>"));
    CHECK(has(writing, "method=\"post\" action=\"./?mkcol\""));
    CHECK(has(writing, "action=\"./?delete\"><input type=\"hidden\" name=\"segment\" value=\"a%22b\">"));
    CHECK(listings::page_policy(kEverything).find("script-src 'self'") != std::string_view::npos);

    const std::string whole = page_of({.path = "/"}, {file}, {.upload = PageActions::Upload::whole});
    CHECK_FALSE(has(whole, "data-resumable"));
    CHECK_FALSE(has(whole, "?delete"));
    const std::string removing = page_of({.path = "/"}, {file}, {.removal = PageActions::Removal::offered});
    CHECK_FALSE(has(removing, "id=\"upload\""));
    CHECK(has(removing, "?delete"));
    CHECK_FALSE(has(removing, "?move"));
    CHECK_FALSE(has(removing, "everything in it"));
    const std::string folders =
        page_of({.path = "/"}, {listing_rows::folder("d")}, {.removal = PageActions::Removal::offered});
    CHECK(has(folders, "name=\"depth\" value=\"infinity\"><p>Delete <bdi>d</bdi> and everything in it?</p>"));
    const std::string moving = page_of(
        {.path = "/"}, {file}, {.removal = PageActions::Removal::offered, .moving = PageActions::Moving::offered});
    CHECK(has(moving, "<button formaction=\"./?copy\">Copy</button>"));
    CHECK(has(moving, "action=\"./?move\"><input type=\"hidden\" name=\"segment\" value=\"a%22b\">"));
    CHECK(has(moving, "<input name=\"to\" required autocomplete=\"off\" value=\"a&quot;b\">"));
}

TEST_CASE("listing page: who may share has a button for each entry and for the folder, of one form",
          "[listing][share]") {
    const PageActions shares{.sharing = PageActions::Sharing::both};
    const std::vector<ListingEntry> entries = {listing_rows::file("a b\"c?.txt"), listing_rows::folder("sub")};
    const std::string page = page_of({.path = "/x/"}, entries, shares, {.entries = 2});
    CHECK(has(page, "<form class=\"share\" id=\"share\" method=\"post\" action=\"./?share\">"));
    CHECK(has(page,
              "<button form=\"share\" formaction=\"./a%20b%22c%3F.txt?share\" "
              "aria-label=\"Share a b&quot;c?.txt by a link\">Share</button>"));
    CHECK(has(page, "formaction=\"./sub/?share\""));
    CHECK(has(page, "<form class=\"share\" action=\"../.godwit/shares\">"));
    CHECK_FALSE(has(page, "<script src=\"../.godwit/upload.js\""));
    CHECK_FALSE(has(page_of({.path = "/x/"}, entries, {}, {.entries = 2}), "share"));
    CHECK(shares.allowed_by(support::kAllRights).sharing == PageActions::Sharing::none);
    const auto offered = [&](auto... rights) {
        return shares.allowed_by(handler::Rights(handler::Right::share, rights...)).sharing;
    };
    CHECK(offered() == PageActions::Sharing::none);
    CHECK(offered(handler::Right::list) == PageActions::Sharing::reading);
    CHECK(offered(handler::Right::create) == PageActions::Sharing::dropping);
    CHECK(offered(handler::Right::read, handler::Right::create) == PageActions::Sharing::both);
}

TEST_CASE("listing page: links for adding files have a button of their own", "[listing][share]") {
    const auto page = [](PageActions::Sharing sharing) {
        return page_of({.path = "/x/"}, {}, {.sharing = sharing}, {.entries = 0});
    };
    const std::string_view reading = "<button>Share this folder by a link</button>";
    const std::string_view dropping = "<button name=\"for\" value=\"dropping\">Let others add files by a link</button>";
    CHECK(has(page(PageActions::Sharing::both), reading));
    CHECK(has(page(PageActions::Sharing::both), dropping));
    CHECK_FALSE(has(page(PageActions::Sharing::reading), dropping));
    CHECK_FALSE(has(page(PageActions::Sharing::dropping), reading));
}

TEST_CASE("listing page: a drop box has no form for folders, which are not made in it", "[listing]") {
    const PageActions all{.upload = PageActions::Upload::whole};
    const auto page = [&](auto... rights) {
        return page_of({.path = "/x/"}, {}, all.allowed_by(handler::Rights(handler::Right::create, rights...)));
    };
    CHECK(has(page(), "id=\"upload\""));
    CHECK(has(page(), " data-drops>"));
    CHECK_FALSE(has(page(handler::Right::read), "data-drops"));
    CHECK_FALSE(has(page(), "id=\"mkcol\""));
    CHECK(has(page(handler::Right::read), "id=\"mkcol\""));
}

TEST_CASE("listing page: the style and the script are addressed from where the page stands", "[handlers][listing]") {
    const std::string page = page_of({.path = "/a/b/"}, {{.name = "x"}}, kEverything);
    CHECK(has(page, "<link rel=\"stylesheet\" href=\"../../.godwit/style.css\">"));
    CHECK(has(page, "<script src=\"../../.godwit/upload.js\" defer></script>"));
    CHECK_FALSE(has(page, "=\"/"));
}

TEST_CASE("listing page: a box searches, where entries are shown", "[listing]") {
    const std::string page = page_of({.path = "/a/"});
    CHECK(has(page, "<form class=\"search\" role=\"search\" action=\"./\">"));
    CHECK(has(page, "<input type=\"search\" name=\"search\""));
    const std::string hidden = page_of({.path = "/a/"}, {}, {.entries = PageActions::Entries::hidden});
    CHECK_FALSE(has(hidden, "type=\"search\""));
    CHECK_FALSE(has(hidden, "filter.js"));
}

TEST_CASE("listing page: what was found is shown by paths, and says when there may be more", "[listing]") {
    const ListingView found{.path = "/a/", .extent = ListingView::Extent::found, .search = "<b> *"};
    const std::string page = page_of(found, {{.name = "x:y/b c", .media_type = "text/plain"}}, {},
                                     {.entries = 1, .next = {}, .rest = listings::ListingEnd::Rest::limit});
    CHECK(has(page, "<title>&lt;b&gt; * below /a/</title>"));
    CHECK(has(page, "value=\"&lt;b&gt; *\""));
    CHECK(has(page, "<a href=\"./x%3Ay/b%20c\" dir=\"auto\">x:y/b c</a>"));
    CHECK(has(page, "<a href=\"./\">All of this folder</a>"));
    CHECK(has(page, "1 entry found here and below"));
    CHECK(has(page, "<p class=\"rest\">There are more."));
    // Its order is its own, and an archive would be of more than what is shown.
    CHECK_FALSE(has(page, "name=\"sort\""));
    CHECK_FALSE(has(page, "name=\"archive\""));
    CHECK(has(page_of(found), "Nothing was found."));
    CHECK_FALSE(has(page_of(found), "class=\"rest\""));
}

TEST_CASE("listing page: nothing is inline, so that the policy needs no exception", "[handlers][listing]") {
    const std::string page = page_of({.path = "/a/"}, {{.name = "x"}}, kEverything);
    for (const auto part : {"<style", " style=", "onclick", "javascript:", "<script>"}) CHECK_FALSE(has(page, part));
    CHECK(listings::page_policy(kEverything).find("unsafe") == std::string_view::npos);
}

TEST_CASE("listing page: the form that deletes holds the name percent-encoded, so that every name survives it",
          "[handlers][listing]") {
    const std::string page = page_of({.path = "/"}, {{.name = "line\nbreak+\xff\""}}, kEverything);
    CHECK(has(page, "name=\"segment\" value=\"line%0Abreak%2B%FF%22\""));
}

TEST_CASE("listing page: an entry that cannot be read, or not even looked at, says so", "[listing]") {
    listings::ListingEntry entry = listing_rows::file("f");
    std::string text;
    entry.access = listings::ListingEntry::Access::unknown;
    listings::ListingPage(listings::ListingView{.path = "/"}, {}).row(text, entry);
    CHECK(text.find("Could not be looked at") != std::string::npos);
    CHECK(text.find("<time") == std::string::npos);
    text.clear();
    entry.access = listings::ListingEntry::Access::forbidden;
    listings::ListingPage(listings::ListingView{.path = "/"}, {}).row(text, entry);
    CHECK(text.find("Not readable") != std::string::npos);
}

TEST_CASE("listing page: a row allocates nothing", "[handlers][listing]") {
    listings::ListingPage page({.path = "/"}, {.upload = listings::PageActions::Upload::resumable,
                                               .removal = listings::PageActions::Removal::offered});
    CHECK(listing_rows::allocations_of_rows(page) == 0);
}

namespace {

std::string page_for(listings::PageVisitor visitor) {
    std::string page;
    listings::ListingPage({.path = "/a b/"}, {}, std::move(visitor)).opening(page);
    return page;
}

}  // namespace

TEST_CASE("listing: names who signed in, with a button to sign out", "[handlers][listing]") {
    using Offer = listings::PageVisitor::Offer;
    const std::string known = page_for({.offer = Offer::sign_out, .name = "a<b", .path = "/out"});
    CHECK(has(known, "Signed in as <bdi>a&lt;b</bdi>"));
    CHECK(has(known, "action=\"/out\" method=\"post\""));
    CHECK(has(known, "name=\"to\" value=\"/a%20b/\"><button>Sign out<"));
    const std::string guest = page_for({.offer = Offer::sign_in, .name = {}, .path = "/in"});
    CHECK(has(guest, "action=\"/in\">"));
    CHECK(has(guest, "<button>Sign in<"));
    CHECK_FALSE(has(page_for({.offer = Offer::nothing, .name = "alice", .path = "/out"}), "Sign out"));
    CHECK_FALSE(has(page_for({}), "visitor"));
}

TEST_CASE("listing: each visitor's page has a tag of its own, and is marked as personal", "[handlers][listing]") {
    const ServedTree tree;
    const auto root = tree.open();
    const FakeClock clock = settled_clock();
    base::WakeQueue wakes;
    listings::ListingShares shares(clock);
    listings::Listings listings(root, wakes, shares, {.sign_in_path = "/in", .sign_out_path = "/out"});
    const auto tag_for = [&](const char* name, std::string_view accept) {
        const ParsedRequest parsed("GET", "/", accept);
        http::Request request = parsed.get();
        if (name != nullptr) request.user = std::make_shared<http::User>(http::User{name, {}});
        return take_answer(listings.list(request, *root.open_directory("/"), support::kAllRights)).field("ETag");
    };
    constexpr std::string_view kJson = "Accept: application/json\r\n";
    CHECK(tag_for("alice", {}) != tag_for("bob", {}));
    CHECK(tag_for("alice", {}) != tag_for(nullptr, {}));
    CHECK(tag_for("alice", kJson) == tag_for(nullptr, kJson));
}
