// GET and HEAD of directories: forms, tags, pages, and what is refused.
#include "listings/listings.h"

#include "storage/validators.h"
#include "support/catch.h"
#include "support/parsed_request.h"
#include "support/rights.h"
#include "support/served_tree.h"

namespace {

struct Site {
    explicit Site(listings::ListingsConfig config = {}, std::size_t max_bytes = listings::kListingsBytes)
        : shares(clock, max_bytes), listings(root, wakes, shares, std::move(config)) {}

    Answer ask(std::string_view method, std::string_view target, std::string_view lines = {}) {
        const ParsedRequest request(method, target, lines);
        return take_answer(
            listings.list(request.get(), *root.open_directory(request.get().path()), support::kAllRights),
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

std::string if_none_match(const Answer& answer) { return "If-None-Match: " + answer.field("ETag") + "\r\n"; }

}  // namespace

TEST_CASE("listings: the form that the query or Accept asks for", "[handlers][listing]") {
    Site site;
    site.tree.write("a.txt", "x");
    const auto type = [&](std::string_view target, std::string_view accept) {
        const Answer answer = site.get(target, accept.empty() ? "" : "Accept: " + std::string(accept) + "\r\n");
        CHECK(answer.status == 200);
        // Where the query names the format, Accept changes nothing.
        CHECK(answer.field("Vary") == (target.find("format=") == std::string_view::npos ? "Accept" : "-"));
        CHECK(answer.field("X-Content-Type-Options") == "nosniff");
        CHECK(answer.field("Cache-Control") == "no-cache");
        CHECK(answer.length == answer.body.size());
        return answer.field("Content-Type");
    };
    const std::string html = "text/html; charset=utf-8";
    const std::string text = "text/plain; charset=utf-8";
    CHECK(type("/", "") == html);
    CHECK(type("/", "*/*") == html);
    CHECK(type("/", "text/html,application/xhtml+xml,*/*;q=0.8") == html);
    CHECK(type("/", "application/json") == "application/json");
    CHECK(type("/", "text/plain") == text);
    CHECK(type("/", "text/plain;q=0.5, application/json;q=0.6") == "application/json");
    CHECK(type("/?format=json", "text/html") == "application/json");
    CHECK(type("/?format=text", "image/png") == text);
    CHECK(type("/?format=html", "application/json") == html);
    CHECK(site.get("/", "Accept: image/png\r\n").status == 406);
    CHECK(site.get("/").field("Content-Security-Policy") != "-");
}

TEST_CASE("listings: HEAD has the head of GET", "[handlers][listing]") {
    for (const std::size_t max_bytes : {listings::kListingsBytes, std::size_t{600}}) {
        Site site({}, max_bytes);
        for (int i = 0; i < 9; ++i) site.tree.write("file" + std::to_string(i), "x");
        for (const auto target :
             {"/", "/?format=json", "/?limit=3", "/?limit=3&after=file2", "/?sort=x", "/?after=/"}) {
            CAPTURE(target, max_bytes);
            const Answer get = site.get(target);
            const Answer head = site.ask("HEAD", target);
            CHECK(head.status == get.status);
            CHECK(head.lines == get.lines);
            CHECK(head.length == get.length);
            CHECK(head.body.empty());
        }
    }
}

TEST_CASE("listings: a tag of its own, and 304 until something changes", "[handlers][listing]") {
    Site site;
    site.tree.write("a.txt", "x");
    site.tree.set_mtime("a.txt", 1000);
    const Answer first = site.get("/");
    REQUIRE(first.field("ETag").starts_with("\""));
    const Answer again = site.get("/", if_none_match(first));
    CHECK(again.status == 304);
    CHECK(again.field("ETag") == first.field("ETag"));
    CHECK(again.field("Vary") == "Accept");
    CHECK(again.body.empty());
    CHECK(site.ask("HEAD", "/", if_none_match(first)).status == 304);
    CHECK(site.get("/", "If-None-Match: *\r\n").status == 304);
    CHECK(site.get("/", "If-Match: \"other\"\r\n").status == 412);
    CHECK(site.get("/", "If-Match: " + first.field("ETag") + "\r\n").status == 200);
    CHECK(site.get("/?format=json", if_none_match(first)).status == 200);
    CHECK(site.get("/?sort=size", if_none_match(first)).status == 200);
    CHECK(site.get("/?limit=5", if_none_match(first)).status == 200);

    // The page shows no seconds, and still is another.
    site.tree.set_mtime("a.txt", 1001);
    CHECK(site.get("/", if_none_match(first)).status == 200);
    site.tree.set_mtime("a.txt", 1000);
    CHECK(site.get("/", if_none_match(first)).status == 304);
    site.tree.write("a.txt", "xy");
    site.tree.set_mtime("a.txt", 1000);
    CHECK(site.get("/", if_none_match(first)).status == 200);
    site.tree.remove("a.txt");
    CHECK(site.get("/", if_none_match(first)).status == 200);

    Site writable({.actions = {.upload = listings::PageActions::Upload::whole}});
    Site plain;
    CHECK(writable.get("/").field("ETag") != plain.get("/").field("ETag"));
    CHECK(writable.get("/?format=text").field("ETag") == plain.get("/?format=text").field("ETag"));
}

TEST_CASE("listings: an entry's etag is what a GET of the file answers", "[handlers][listing]") {
    Site site;
    site.tree.write("a.txt", "x");
    const std::string tag = storage::make_entity_tag(site.tree.status("a.txt"), false);
    std::string escaped = tag;
    escaped.insert(escaped.size() - 1, "\\");
    escaped.insert(0, "\\");
    CHECK(has(site.get("/?format=json").body, "\"etag\":\"" + escaped + "\""));
}

TEST_CASE("listings: pages lead to the next", "[handlers][listing]") {
    Site site;
    for (const auto name : {"a&b", "c\"<d", "e f", "g"}) site.tree.write(name, "");
    const Answer first = site.get("/?limit=2&format=text");
    CHECK(first.body == "a&b\nc\"<d\n");
    CHECK(first.field("Link") == "<?format=text&limit=2&after=c%22%3Cd>; rel=\"next\"");
    const Answer second = site.get("/?format=text&limit=2&after=c%22%3Cd");
    CHECK(second.body == "e f\ng\n");
    CHECK(second.field("Link") == "-");
    CHECK(has(site.get("/?limit=2&format=json").body, "\"next\":\"?format=json&limit=2&after=c%22%3Cd\"}"));
    CHECK(has(site.get("/?limit=2").body, "?limit=2&amp;after=c%22%3Cd"));
    CHECK(site.get("/?format=text&sort=name&order=desc&limit=1").body == "g\n");
    CHECK(site.get("/?format=text&after=zzz").body.empty());
}

TEST_CASE("listings: what is not understood is refused with what is", "[handlers][listing]") {
    Site site;
    for (const auto query : {"sort=x", "order=x", "format=x", "limit=x", "after=", "sort=size&after=a.txt"}) {
        CAPTURE(query);
        const Answer answer = site.get("/?" + std::string(query));
        CHECK(answer.status == 400);
        CHECK(answer.body.size() > 50);
    }
}

TEST_CASE("listings: what cannot be held in memory is streamed, without a tag", "[handlers][listing]") {
    Site site({}, 100);
    for (const auto name : {"a", "b", "c"}) site.tree.write(name, "");
    const Answer answer = site.get("/?format=json");
    CHECK(answer.status == 200);
    CHECK_FALSE(answer.length.has_value());
    CHECK(answer.field("ETag") == "-");
    CHECK(has(answer.body, "\"sort\":null"));
    for (const auto name : {"./a", "./b", "./c"}) CHECK(has(answer.body, name));
    CHECK(answer.body.ends_with("],\"next\":null}\n"));
    CHECK(site.get("/", "If-None-Match: \"x\"\r\n").status == 200);
    CHECK(site.get("/", "If-Match: \"x\"\r\n").status == 412);
    // One in an order cannot be.
    const Answer refused = site.get("/?sort=name");
    CHECK(refused.status == 503);
    CHECK(refused.field("Retry-After") == "1");
    CHECK(site.shares.bytes_left() == 100);
}

TEST_CASE("listings: memory is held until the answer is sent", "[handlers][listing]") {
    Site site;
    site.tree.write("a", "");
    const std::size_t all = site.shares.bytes_left();
    {
        const ParsedRequest request("GET", "/");
        auto decision = site.listings.list(request.get(), *site.root.open_directory("/"), support::kAllRights);
        auto& pending = *std::get<std::unique_ptr<http::PendingResponse>>(decision);
        std::optional<http::Response> response;
        while (!response) response = pending.advance(0);
        decision = http::Response();
        CHECK(site.shares.bytes_left() < all);
    }
    CHECK(site.shares.bytes_left() == all);
}
