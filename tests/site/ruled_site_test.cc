// The handlers of a site under one set of rules: what is served, what is decorated, and what the rules settle.
#include "site/ruled_site.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "access_control/grants.h"
#include "access_control/share_store.h"
#include "access_control/tokens.h"
#include "support/catch.h"
#include "support/parsed_request.h"
#include "support/served_tree.h"
#include "support/write_site.h"

namespace {

struct Ruled {
    explicit Ruled(const site::SiteConfig& rules = {}) { follow(rules); }

    void follow(const site::SiteConfig& rules) {
        if (!state) state.emplace(root, rules, clock, arrivals, disk, memory);
        ruled = std::make_unique<site::RuledSite>(*state, std::make_shared<const site::SiteConfig>(rules));
    }
    Answer get(std::string_view target, std::string_view lines = {}) {
        const ::ParsedRequest request("GET", target, lines, ++arrivals.latest);
        return take_answer(ruled->handle(request.get()));
    }

    ServedTree tree;
    storage::FileRoot root = tree.open();
    FakeClock clock = settled_clock();
    base::ArrivalClock arrivals;
    support::StubbornDiskQueue disk;
    base::MemoryBudget memory{std::size_t{256} * 1024 * 1024};
    std::optional<site::SiteState> state;
    std::unique_ptr<site::RuledSite> ruled;
};

}  // namespace

TEST_CASE("ruled site: of a single file nothing else is reachable", "[site]") {
    site::SiteConfig rules;
    rules.only_path = "/a.txt";
    Ruled ruled(rules);
    ruled.tree.write("a.txt", "one");
    ruled.tree.write("b.txt", "two");
    CHECK(ruled.get("/a.txt").body == "one");
    CHECK(ruled.get("/b.txt").status == 404);
    CHECK(ruled.get("/a.txt/").status != 200);
}

namespace {

/// Alice shares /a/ and /b/, but not /b/in/; anybody reads /open/.
site::SiteConfig sharing_rules() {
    site::SiteConfig rules;
    rules.signs_in = rules.allow_share = true;
    std::vector<access_control::Grant> lines;
    for (const char* const line : {"/ alice read list", "/a alice read list share", "/b alice read list share",
                                   "/b/in alice read list", "/open * read list"}) {
        lines.push_back(access_control::parse_grant(line).value());
    }
    rules.grants = std::make_shared<access_control::Grants>(std::move(lines));
    return rules;
}

/// A request whose query shows a link of alice to `shared`.
Answer get_by_link(Ruled& ruled, std::string_view target, const char* shared) {
    const access_control::ShareLink link{.id = access_control::make_share_id(),
                                         .maker = "alice",
                                         .path = shared,
                                         .made_s = ruled.clock.unix_seconds(),
                                         .ends_s = ruled.clock.unix_seconds() + 60};
    const auto made = access_control::ShareStore(ruled.root).make(link);
    REQUIRE(made.has_value());
    const ::ParsedRequest parsed("GET", std::string(target) + "?share=" + made->token, {}, ++ruled.arrivals.latest);
    http::Request request = parsed.get();
    request.shown_link = http::ShownLink::by_query;
    request.shared = std::make_shared<const http::SharedPath>(
        http::SharedPath{.id = link.id,
                         .path = shared,
                         .maker = std::make_shared<const http::User>(http::User{"alice", {}}),
                         .ends_s = link.ends_s});
    return take_answer(ruled.ruled->handle(request));
}

}  // namespace

TEST_CASE("ruled site: a link whose maker lost the right to share has ended", "[site][share]") {
    if (!access_control::has_tokens()) return;
    Ruled ruled(sharing_rules());
    ruled.tree.write("b/x.txt", "x");
    ruled.tree.write("b/in/x.txt", "x");
    CHECK(get_by_link(ruled, "/b/x.txt", "/b/").status == 200);
    CHECK(get_by_link(ruled, "/b/in/x.txt", "/b/in/").status == 410);
    CHECK(get_by_link(ruled, "/b/in/x.txt", "/b/in/x.txt").status == 410);
    CHECK(ruled.state->share_counts.refused == 2);
    // Only this folder was never shared.
    CHECK(get_by_link(ruled, "/b/in/x.txt", "/b/").status == 401);
}

TEST_CASE("ruled site: a link in a cookie that cannot be read for now is a 503 where its right is missing",
          "[site][share]") {
    Ruled ruled(sharing_rules());
    for (const char* const file : {"b/x.txt", "open/x.txt"}) ruled.tree.write(file, "x");
    const auto status_of = [&ruled](std::string_view target) {
        const ::ParsedRequest parsed("GET", target, {}, ++ruled.arrivals.latest);
        http::Request request = parsed.get();
        request.shown_link = http::ShownLink::unread_cookie;
        return take_answer(ruled.ruled->handle(request)).status;
    };
    CHECK(status_of("/b/x.txt") == 503);
    CHECK(status_of("/open/x.txt") == 200);
}

TEST_CASE("ruled site: only a folder that the link gives gets its cookie", "[site][share]") {
    if (!access_control::has_tokens()) return;
    Ruled ruled(sharing_rules());
    for (const char* const file : {"a/index.html", "b/index.html", "open/index.html"}) ruled.tree.write(file, "x");
    CHECK(get_by_link(ruled, "/a/", "/a/").field("Set-Cookie").find("share=") != std::string::npos);
    CHECK(get_by_link(ruled, "/open/", "/a/").status == 200);
    CHECK(get_by_link(ruled, "/open/", "/a/").field("Set-Cookie") == "-");
}

TEST_CASE("ruled site: signing in and out needs no badge to be looked at", "[site]") {
    site::SiteConfig rules;
    rules.signs_in = rules.has_sign_in_page = true;
    Ruled ruled(rules);
    const auto takes = [&](std::string_view method, std::string_view target) {
        const ::ParsedRequest request(method, target, "Origin: http://a\r\nCookie: godwit=x\r\n");
        return ruled.ruled->takes_badge(request.get());
    };
    CHECK(takes("POST", "/a/"));
    CHECK(takes("GET", "/.godwit/sign-in"));
    CHECK_FALSE(takes("POST", "/.godwit/sign-in"));
    CHECK_FALSE(takes("POST", "/.godwit/sign-out"));
}

TEST_CASE("ruled site: an answer at once is decorated, and a later one when it is there", "[site]") {
    site::SiteConfig rules;
    rules.headers = {{.path_prefix = "/", .name = "X-Rules", .value = "1"}};
    Ruled ruled(rules);
    ruled.tree.write("a.txt", "one");
    CHECK(ruled.get("/a.txt").field("X-Rules") == "1");
    const ::ParsedRequest request("GET", "/a.txt");
    http::Response later;
    ruled.ruled->decorate(&request.get(), later);
    CHECK(later.find("X-Rules") == "1");
}

TEST_CASE("ruled site: without an option that asks for it nothing is decorated", "[site]") {
    Ruled ruled;
    const ::ParsedRequest request("GET", "/a.txt");
    http::Response response;
    ruled.ruled->decorate(&request.get(), response);
    CHECK(response.fields.size() == 0);
}

TEST_CASE("ruled site: a file of another kind in the usual place of the records stays a file", "[site]") {
    site::SiteConfig rules;
    rules.allow_upload = rules.allow_replace = true;
    Ruled ruled(rules);
    CHECK_FALSE(ruled.ruled->are_records_given_up());
    ruled.tree.write("database.txt", "no line of this\nis a record\n");
    ruled.follow(rules);
    CHECK(ruled.ruled->are_records_given_up());
    CHECK(ruled.get("/database.txt").body == "no line of this\nis a record\n");
    rules.are_records_named = true;
    ruled.follow(rules);
    CHECK_FALSE(ruled.ruled->are_records_given_up());
}

TEST_CASE("ruled site: what is known of the records goes over to other rules for the same file", "[site]") {
    site::SiteConfig rules;
    rules.allow_upload = rules.allow_replace = true;
    Ruled ruled(rules);
    const auto known = ruled.state->records;
    REQUIRE(known != nullptr);
    rules.records_path = "/elsewhere";
    ruled.follow(rules);
    CHECK(ruled.state->records == known);
    rules.records_file = "/other.txt";
    ruled.follow(rules);
    CHECK(ruled.state->records != known);
}

TEST_CASE("ruled site: an endpoint that a file of the root shadows is off", "[site]") {
    Ruled ruled;
    CHECK(ruled.ruled->shadowed_endpoints().empty());
    ruled.tree.write("healthz", "a file");
    ruled.follow({});
    CHECK(ruled.ruled->shadowed_endpoints().size() == 1);
    CHECK(ruled.get("/healthz").body == "a file");
}
