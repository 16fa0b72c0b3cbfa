// COPY as the connection sees it, the rights that it needs, and the form of the page.
#include "uploads/copies.h"

#include <string>
#include <vector>

#include "support/catch.h"
#include "support/granting.h"
#include "support/write_answers.h"

using support::Answer;
using support::AnsweringSite;
using support::by_form;
using support::granting;

namespace {

using Names = std::vector<std::string>;

Answer copy(AnsweringSite& site, std::string_view source, const std::string& destination,
            std::string_view fields = {}) {
    return site.ask("COPY", source, "Destination: " + destination + "\r\n" + std::string(fields));
}

}  // namespace

TEST_CASE("copies: what is answered", "[uploads][copy]") {
    AnsweringSite site;
    site.directory.write("a", "x");
    site.directory.write("d/b", "old");
    const auto created = copy(site, "/a", "/c");
    CHECK(created.status() == 201);
    CHECK(created.field("Location") == "/c");
    CHECK(copy(site, "/c", "/d/b", "Depth: 0\r\n").status() == 204);
    CHECK(copy(site, "/c", "/e", "Depth: infinity\r\n").status() == 201);
    CHECK(site.directory.read("d/b") == "x");
    CHECK(copy(site, "/a", "/g", "Depth: 1\r\n").status() == 400);
    CHECK(copy(site, "/a", "/g", "Overwrite: X\r\n").status() == 400);
    CHECK(copy(site, "/a", "/c", "Overwrite: F\r\n").status() == 412);
    CHECK(site.ask("COPY", "/a").status() == 400);
    CHECK(site.upload("COPY", "/a", "x", "Destination: /g\r\n").status() == 415);
    CHECK(copy(site, "/", "/g").status() == 403);
    CHECK(copy(site, "/a", "/").status() == 403);
    CHECK(copy(site, "/d", "/g").status() == 409);
    CHECK(copy(site, "/a", "/g/").status() == 404);
    CHECK(copy(site, "/d/", "/a").status() == 409);
    CHECK(copy(site, "/d/", "/d/e").status() == 403);
    CHECK(copy(site, "/a", "/.g").status() == 403);
    CHECK(copy(site, "/.a", "/g").status() == 404);
    CHECK(copy(site, "/none", "/g").status() == 404);
    CHECK(copy(site, "/a", "/none/b").status() == 409);
    CHECK(site.directory.list() == Names{"a", "c", "d", "d/b", "e"});
}

TEST_CASE("copies: need the right to read here and to create or replace there", "[uploads][copy]") {
    AnsweringSite site(
        granting({"/ * read", "/in * create", "/both * read create", "/over * read create replace", "/secret * none"}));
    for (const auto* name : {"a", "in/a", "both/a", "over/a", "secret/a"}) site.directory.write(name, name);
    CHECK(copy(site, "/a", "/b").status() == 403);
    CHECK(copy(site, "/a", "/both/b").status() == 201);
    CHECK(copy(site, "/a", "/both/a").status() == 403);
    CHECK(copy(site, "/a", "/over/a").status() == 204);
    CHECK(site.directory.read("over/a") == "a");
    CHECK(copy(site, "/secret/a", "/both/c").status() == 403);
    CHECK(copy(site, "/in/a", "/both/c").status() == 403);
    // Into a drop box names are chosen by the server, which a copy has no use for.
    CHECK(copy(site, "/a", "/in/b").status() == 403);
}

TEST_CASE("copies: where nothing is uploaded there are none", "[uploads][copy]") {
    site::SiteConfig config;
    config.allow_delete = true;
    AnsweringSite site(config);
    site.directory.write("a", "x");
    const auto refused = copy(site, "/a", "/b");
    CHECK(refused.status() == 405);
    CHECK(refused.field("Allow").find("COPY") == std::string::npos);
    AnsweringSite short_ones([] {
        auto rules = AnsweringSite::all_allowed();
        rules.max_body = handler::SizeLimit(3);
        return rules;
    }());
    short_ones.directory.write("a", "long");
    CHECK(copy(short_ones, "/a", "/b").status() == 413);
    CHECK(short_ones.directory.list() == Names{"a"});
}

TEST_CASE("copies: one client has only some under way", "[uploads][copy]") {
    AnsweringSite site;
    site.directory.write("a", "x");
    std::vector<handler::Decision> waiting;
    const auto ask = [&site](std::size_t number) {
        const support::ParsedRequest request(
            support::head("COPY", "/a", "Destination: /b" + std::to_string(number) + "\r\n"));
        return site.site->handle(*request);
    };
    for (std::size_t i = 0; i < uploads::kMaxCopiesPerClient; ++i) {
        waiting.push_back(ask(i));
        REQUIRE(std::holds_alternative<std::unique_ptr<http::PendingResponse>>(waiting.back()));
    }
    auto refused = ask(99);
    REQUIRE(std::holds_alternative<http::Response>(refused));
    CHECK(std::get<http::Response>(refused).status == http::Status::too_many_requests);
    waiting.clear();
    CHECK(copy(site, "/a", "/c").status() == 201);
    CHECK(site.directory.list() == Names{"a", "c"});
}

TEST_CASE("copies: a wrong Depth, two slashes and a long name are told as what they are", "[uploads][copy]") {
    AnsweringSite site;
    site.directory.write("a", "x");
    site.directory.make_directory("d");
    const auto says = [](const Answer& answer, int status, std::string_view words) {
        CHECK(answer.status() == status);
        CHECK(answer.body().find(words) != std::string::npos);
    };
    says(copy(site, "/d/", "/b", "Depth: -1\r\n"), 400, "0 or infinity");
    says(copy(site, "/a", "/b", "Depth: 7\r\n"), 400, "0 or infinity");
    says(site.ask("MOVE", "/d/", "Destination: /b\r\nDepth: -1\r\n"), 400, "Depth is infinity, or left out");
    says(site.ask("DELETE", "/d/", "Depth: -1\r\n"), 400, "all that it holds");
    says(copy(site, "/a", "/" + std::string(256, 'n')), 400, "a name in Destination is longer");
    says(copy(site, "/a", "/d/" + std::string(256, 'n') + "/b"), 400, "a name in Destination is longer");
    constexpr std::string_view kUrlencoded = "Content-Type: application/x-www-form-urlencoded\r\n";
    says(site.upload("POST", "/?copy", "name=a&to=d//b", kUrlencoded), 422, "two slashes");
    says(site.upload("POST", "/?move", "name=a&to=//b", kUrlencoded), 422, "two slashes");
    CHECK(copy(site, "/a", "/" + std::string(255, 'n')).status() == 201);
}

TEST_CASE("copies: of folders only some are under way for all clients together", "[uploads][copy]") {
    AnsweringSite site;
    site.directory.write("a", "x");
    site.directory.write("d/a", "x");
    std::vector<handler::Decision> waiting;
    const auto ask = [&site](std::string_view source, std::size_t number) {
        const support::ParsedRequest parsed(
            support::head("COPY", source, "Destination: /b" + std::to_string(number) + "\r\n"));
        http::Request request = *parsed;
        // Each has less under way than its share.
        request.client.key = {.high = number / 4 + 1};
        return site.site->handle(request);
    };
    for (std::size_t i = 0; i < uploads::kMaxTreeCopies; ++i) {
        waiting.push_back(ask("/d/", i));
        REQUIRE(std::holds_alternative<std::unique_ptr<http::PendingResponse>>(waiting.back()));
    }
    auto refused = ask("/d/", 99);
    REQUIRE(std::holds_alternative<http::Response>(refused));
    CHECK(std::get<http::Response>(refused).status == http::Status::service_unavailable);
    CHECK(std::get<http::Response>(refused).find("Retry-After") == "1");
    CHECK(std::holds_alternative<std::unique_ptr<http::PendingResponse>>(ask("/a", 98)));
    waiting.clear();
    CHECK(copy(site, "/d/", "/c").status() == 201);
}

TEST_CASE("copies: the form of the page", "[uploads][copy]") {
    AnsweringSite site;
    site.directory.write("d/a b", "x");
    site.directory.make_directory("d/e");
    CHECK(by_form(site, "/d/", "copy", "segment=a%2520b&to=c") == 201);
    CHECK(by_form(site, "/d/", "copy", "name=c&to=e/") == 201);
    CHECK(by_form(site, "/d/", "copy", "name=c&to=/top") == 201);
    CHECK(site.directory.read("top") == "x");
    CHECK(by_form(site, "/d/", "copy", "name=c&to=e/c") == 409);
    CHECK(by_form(site, "/d/", "copy", "name=c&to=c") == 403);
    CHECK(by_form(site, "/d/", "copy", "name=e&to=f") == 201);
    CHECK(by_form(site, "/d/", "copy", "name=e&to=f") == 409);
    CHECK(by_form(site, "/d/", "copy", "name=none&to=f") == 404);
    CHECK(by_form(site, "/d/", "copy", "name=c") == 422);
    CHECK(by_form(site, "/d/", "copy", "name=../top&to=f") == 422);
    CHECK(site.directory.list() == Names{"d", "d/a b", "d/c", "d/e", "d/e/c", "d/f", "d/f/c", "top"});
}

TEST_CASE("copies: are told to the audit log with both paths", "[uploads][copy]") {
    AnsweringSite site;
    site.directory.write("a", "x");
    const auto answer = copy(site, "/a", "/b");
    REQUIRE(answer.changes.size() == 1);
    CHECK(answer.changes[0].action == http::Change::Action::copy);
    CHECK(answer.changes[0].from == "/a");
    CHECK(answer.changes[0].path == "/b");
}

TEST_CASE("copies: a directory comes with all that it holds, or alone", "[uploads][copy]") {
    AnsweringSite site;
    site.directory.write("d/e/f", "x");
    const auto whole = copy(site, "/d/", "/c");
    CHECK(whole.status() == 201);
    CHECK(whole.field("Location") == "/c/");
    CHECK(copy(site, "/d/", "/g/", "Depth: infinity\r\n").status() == 201);
    CHECK(copy(site, "/d/", "/h", "Depth: 0\r\n").status() == 201);
    CHECK(copy(site, "/d/", "/i", "Depth: 1\r\n").status() == 400);
    CHECK(copy(site, "/d/", "/h", "Overwrite: F\r\n").status() == 412);
    CHECK(site.directory.list() == Names{"c", "c/e", "c/e/f", "d", "d/e", "d/e/f", "g", "g/e", "g/e/f", "h"});
}

TEST_CASE("copies: a directory that may not be listed, or has rules of its own below it, is not copied",
          "[uploads][copy]") {
    AnsweringSite site(granting({"/ * read list create", "/unlisted * read", "/some/secret * none"}));
    for (const auto* name : {"unlisted/a", "some/secret/a", "some/other/a"}) site.directory.write(name, "x");
    CHECK(copy(site, "/unlisted/", "/b").status() == 403);
    CHECK(copy(site, "/some/", "/b").status() == 403);
    CHECK(copy(site, "/some/other/", "/b").status() == 201);
}
