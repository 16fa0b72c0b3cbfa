// The list of one's own share links, and how they are revoked.
#include "site/share_list.h"

#include <string>

#include "access_control/tokens.h"
#include "site/sharing.h"

namespace {

struct Bench : Sharing {
    Answer ask(std::string_view method, const std::string& path, const std::string& form = {},
               const std::string& lines = {}) {
        const std::string all = (form.empty() ? std::string()
                                              : "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: " +
                                                    std::to_string(form.size()) + "\r\n") +
                                lines;
        const ParsedRequest parsed(method, path, all);
        http::Request request = parsed.get();
        request.user = user;
        request.path_prefix = path_prefix;
        return answer_to(list.handle(request), form, request.method);
    }
    /// A link of `maker` that is stored.
    access_control::ShareLink stored(std::string path, std::string maker = "alice") {
        auto link = link_to(std::move(path), 3);
        link.maker = std::move(maker);
        (void)token_of(link);
        return link;
    }

    site::ShareList list{parts};
    std::shared_ptr<const std::string> path_prefix;  ///< of --path-prefix
    std::shared_ptr<const http::User> user = user_named("alice");
};

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

const std::string browser = "Accept: text/html\r\n";

}  // namespace

TEST_CASE("share list: shows one's own links, and no token", "[site][share]") {
    if (!access_control::has_tokens()) return;
    Bench bench;
    const auto own = bench.stored("/a \"b\"/");
    const auto of_bob = bench.stored("/bob", "bob");
    const std::string token = bench.token_of(bench.link_to("/c<d>"));
    const Answer json = bench.ask("GET", "/.godwit/shares");
    CHECK(json.status == 200);
    CHECK(json.field("Content-Type") == "application/json");
    CHECK(json.field("Cache-Control") == "no-store");
    CHECK(has(json.body, "{\"id\":\"" + own.id +
                             "\",\"path\":\"/a \\\"b\\\"/\",\"made\":\"1994-11-06T08:49:37Z\","
                             "\"ends\":\"1994-11-07T08:49:37Z\",\"for\":\"reading\",\"limit\":3,\"uses\":0}"));
    CHECK_FALSE(has(json.body, of_bob.id));
    CHECK_FALSE(has(json.body, token));
    const Answer page = bench.ask("GET", "/.godwit/shares", {}, browser);
    CHECK(has(page.body, "<button name=\"revoke\" value=\"" + own.id + "\">"));
    CHECK(has(page.body, "/c&lt;d&gt;"));
    CHECK_FALSE(has(page.body, of_bob.id));
    CHECK_FALSE(has(page.body, token));
    CHECK(bench.ask("HEAD", "/.godwit/shares").length == json.body.size());
}

TEST_CASE("share list: paths in it are those that clients ask for", "[site][share]") {
    if (!access_control::has_tokens()) return;
    Bench bench;
    bench.path_prefix = std::make_shared<const std::string>("/my files");
    (void)bench.stored("/a b");
    CHECK(has(bench.ask("GET", "/.godwit/shares").body, R"("path":"/my files/a b")"));
    const Answer page = bench.ask("GET", "/.godwit/shares", {}, browser);
    CHECK(has(page.body, "<bdi>/my files/a b</bdi>"));
    CHECK(has(page.body, "action=\"/my%20files/.godwit/shares\""));
    CHECK(has(page.body, "href=\"/my%20files/\""));
}

TEST_CASE("share list: of who has none is empty, and of nobody is 401", "[site][share]") {
    Bench bench;
    CHECK(bench.ask("GET", "/.godwit/shares").body == "{\"shares\":[\n]}\n");
    CHECK(has(bench.ask("GET", "/.godwit/shares", {}, browser).body, "You have none."));
    bench.user = nullptr;
    CHECK(bench.ask("GET", "/.godwit/shares").status == 401);
    CHECK(bench.ask("DELETE", "/.godwit/shares/0011223344556677").status == 401);
}

TEST_CASE("share list: DELETE and the form revoke a link", "[site][share]") {
    if (!access_control::has_tokens()) return;
    Bench bench;
    const auto one = bench.stored("/a");
    const auto other = bench.stored("/b");
    CHECK(bench.ask("DELETE", "/.godwit/shares/" + one.id).status == 204);
    CHECK_FALSE(bench.store.read(one.id).has_value());
    CHECK(bench.ask("DELETE", "/.godwit/shares/" + one.id).status == 404);
    const Answer answer = bench.ask("POST", "/.godwit/shares", "revoke=" + other.id);
    CHECK(answer.status == 303);
    CHECK(answer.field("Location") == "/.godwit/shares");
    CHECK_FALSE(bench.store.read(other.id).has_value());
    CHECK(bench.counts.revoked == 2);
}

TEST_CASE("share list: nobody revokes or finds what another one made", "[site][share]") {
    if (!access_control::has_tokens()) return;
    Bench bench;
    const auto of_bob = bench.stored("/b", "bob");
    const std::string none = bench.ask("DELETE", "/.godwit/shares/0011223344556677").body;
    CHECK(bench.ask("DELETE", "/.godwit/shares/" + of_bob.id).body == none);
    CHECK(bench.ask("POST", "/.godwit/shares", "revoke=" + of_bob.id).body == none);
    CHECK(bench.ask("POST", "/.godwit/shares", "revoke=" + of_bob.id, "Origin: http://evil\r\n").status == 403);
    CHECK(bench.store.read(of_bob.id).has_value());
}

TEST_CASE("share list: a form that is coded, or has not the digest that is stated, revokes none", "[site][share]") {
    if (!access_control::has_tokens()) return;
    Bench bench;
    const auto own = bench.stored("/a");
    const std::string form = "revoke=" + own.id;
    CHECK(bench.ask("POST", "/.godwit/shares", form, "Content-Encoding: gzip\r\n").status == 415);
    const std::string wrong = "Content-Digest: sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:\r\n";
    CHECK(bench.ask("POST", "/.godwit/shares", form, wrong).status == 400);
    CHECK(bench.store.read(own.id).has_value());
}

TEST_CASE("share list: other requests say what is right", "[site][share]") {
    Bench bench;
    CHECK(bench.ask("GET", "/.godwit/shares/0011223344556677").status == 404);
    CHECK(bench.ask("DELETE", "/.godwit/shares").status == 405);
    CHECK(bench.ask("DELETE", "/.godwit/shares/..").status == 404);
    CHECK(bench.ask("POST", "/.godwit/shares", "x=y").status == 422);
    CHECK(bench.ask("POST", "/.godwit/shares").status == 422);
}

TEST_CASE("share list: owns its path and what is below", "[site][share]") {
    CHECK(site::ShareList::owns("/.godwit/shares"));
    CHECK(site::ShareList::owns("/.godwit/shares/0011223344556677"));
    CHECK_FALSE(site::ShareList::owns("/.godwit/shares2"));
    CHECK_FALSE(site::ShareList::owns("/.godwit/share"));
}

TEST_CASE("share list: says how often a link without a limit was used, and what it is for", "[site][share]") {
    if (!access_control::has_tokens()) return;
    Bench bench;
    auto link = bench.link_to("/a/");
    link.gives = http::LinkGives::dropping;
    (void)bench.token_of(link);
    REQUIRE(bench.store.take_use(link.id, bench.clock.unix_seconds()).has_value());
    CHECK(has(bench.ask("GET", "/.godwit/shares").body, "\"for\":\"dropping\",\"uses\":1}"));
    const std::string page = bench.ask("GET", "/.godwit/shares", {}, browser).body;
    CHECK(has(page, "for adding files, until "));
    CHECK(has(page, ", used 1 time\n"));
}
