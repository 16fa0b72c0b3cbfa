// Making share links: for whom, for what, for how long, and how many.
#include "site/share_making.h"

#include <string>

#include "access_control/tokens.h"
#include "site/sharing.h"
#include "support/no_descriptors.h"
#include "support/write_site.h"

using handler::Resource;
using handler::Right;
using handler::Rights;

namespace {

struct Bench : Sharing {
    Bench() {
        directory.write("a.txt", "a");
        directory.make_directory("sub");
    }
    Answer make(const std::string& path, const std::string& form = {}, const std::string& lines = {}) {
        const std::string all = (form.empty() ? std::string()
                                              : "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: " +
                                                    std::to_string(form.size()) + "\r\n") +
                                lines;
        const ParsedRequest parsed("POST", path + "?share", all);
        http::Request request = parsed.get();
        request.user = user;
        const Resource resource{path.ends_with('/') ? Resource::Kind::directory : Resource::Kind::file, path};
        return answer_to(making.make(request, resource, rights), form);
    }
    /// The link that `answer` gave.
    access_control::ShareLink made(const Answer& answer) {
        REQUIRE(answer.status == 201);
        const std::string location = answer.field("Location");
        const auto found = store.find(location.substr(location.find("?share=") + 7));
        REQUIRE(found.kind == access_control::ShareStore::Found::Kind::known);
        return found.link;
    }

    site::ShareMaking making{parts};
    std::shared_ptr<const http::User> user = user_named("alice");
    Rights rights{Right::read, Right::list, Right::share};
};

}  // namespace

TEST_CASE("share making: a link to a file, for a week and without a limit", "[site][share]") {
    if (!access_control::has_tokens()) return;
    Bench bench;
    const Answer answer = bench.make("/a.txt");
    const auto link = bench.made(answer);
    CHECK(link.path == "/a.txt");
    CHECK(link.maker == "alice");
    CHECK(link.ends_s == bench.clock.unix_seconds() + 7 * 86'400);
    CHECK(link.limit == 0);
    CHECK(answer.body == "http://a" + answer.field("Location") + "\n");
    CHECK(answer.field("Cache-Control") == "no-store");
    CHECK(bench.counts.made == 1);
}

TEST_CASE("share making: a link to a folder, with an end and a limit", "[site][share]") {
    if (!access_control::has_tokens()) return;
    Bench bench;
    const auto link = bench.made(bench.make("/sub/", "hours=2&uses=5"));
    CHECK(link.path == "/sub/");
    CHECK(link.ends_s == bench.clock.unix_seconds() + 7'200);
    CHECK(link.limit == 5);
    CHECK(bench.made(bench.make("/sub/", "hours=&uses=")).limit == 0);
}

TEST_CASE("share making: a link for dropping is made of a folder, by who may share and create there", "[site][share]") {
    if (!access_control::has_tokens()) return;
    Bench bench;
    bench.rights = Rights(Right::create, Right::share);
    bench.user = std::make_shared<const http::User>(http::User{.name = "alice", .groups = {}, .stamp = "5747"});
    const auto link = bench.made(bench.make("/sub/", "for=dropping&uses=2"));
    CHECK(link.gives == http::LinkGives::dropping);
    CHECK(link.limit == 2);
    CHECK(link.stamp == "5747");
    // Without the right to read none for reading.
    CHECK(bench.make("/sub/").status == 403);
    CHECK(bench.make("/sub/", "for=reading").status == 403);
    bench.rights = Rights(Right::read, Right::list, Right::share, Right::replace);
    CHECK(bench.make("/sub/", "for=dropping").status == 403);
    CHECK(bench.made(bench.make("/sub/", "for=")).gives == http::LinkGives::reading);
    bench.rights = Rights(Right::read, Right::create, Right::share);
    CHECK(bench.make("/a.txt", "for=dropping").status == 422);
    const Answer page = bench.make("/sub/", "for=dropping", "Accept: text/html\r\nOrigin: http://a\r\n");
    CHECK(page.body.find("can add files to") != std::string::npos);
}

TEST_CASE("share making: a browser gets the link on a page", "[site][share]") {
    if (!access_control::has_tokens()) return;
    Bench bench;
    const Answer answer = bench.make("/a.txt", "uses=1", "Accept: text/html\r\nOrigin: http://a\r\n");
    CHECK(answer.status == 201);
    CHECK(answer.body.find("value=\"http://a" + answer.field("Location") + "\"") != std::string::npos);
    CHECK(answer.body.find("once") != std::string::npos);
    CHECK(answer.body.find("<script") == std::string::npos);
}

TEST_CASE("share making: what the form says has to be whole and within bounds", "[site][share]") {
    Bench bench;
    for (const char* const form :
         {"hours=0", "hours=8761", "hours=-1", "hours=1.5", "hours=a", "uses=0", "uses=1001", "uses=x",
          "hours=1&hours=2", "uses=1&uses=1", "for=writing", "for=reading&for=reading"}) {
        INFO(form);
        CHECK(bench.make("/a.txt", form).status == 422);
    }
    CHECK(bench.make("/a.txt", {}, "Content-Length: 1\r\nContent-Type: text/plain\r\n").status == 415);
    CHECK(bench.directory.list().size() == 2);
}

TEST_CASE("share making: a form that is coded, or has not the digest that is stated, makes none", "[site][share]") {
    if (!access_control::has_tokens()) return;
    Bench bench;
    CHECK(bench.make("/a.txt", "hours=2", "Content-Encoding: gzip\r\n").status == 415);
    const std::string wrong = "Repr-Digest: sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:\r\n";
    CHECK(bench.make("/a.txt", "hours=2", wrong).status == 400);
    CHECK(bench.counts.made == 0);
}

TEST_CASE("share making: only who may share and read there", "[site][share]") {
    Bench bench;
    bench.rights = Rights(Right::read, Right::list);
    CHECK(bench.make("/a.txt").status == 403);
    bench.rights = Rights(Right::list, Right::share, Right::create, Right::replace);
    CHECK(bench.make("/a.txt").status == 403);
    bench.rights = Rights(Right::read, Right::list, Right::share);
    bench.user = nullptr;
    CHECK(bench.make("/a.txt").status == 403);
    CHECK(bench.directory.list().size() == 2);
}

TEST_CASE("share making: not for a page of another site", "[site][share]") {
    Bench bench;
    CHECK(bench.make("/a.txt", {}, "Origin: http://evil\r\n").status == 403);
    CHECK(bench.make("/a.txt", {}, "Sec-Fetch-Site: cross-site\r\n").status == 403);
}

TEST_CASE("share making: only for what is there, by its own name", "[site][share]") {
    Bench bench;
    CHECK(bench.make("/b.txt").status == 404);
    CHECK(bench.make("/sub").status == 404);
    const Answer slash = bench.make("/a.txt/");
    CHECK(slash.status == 404);
    CHECK(slash.body.find("a file without") != std::string::npos);
    CHECK(bench.make("/b.txt/").body.find("nothing at this path") != std::string::npos);
}

TEST_CASE("share making: what cannot be looked at for now is not said to be absent", "[site][share]") {
    Bench bench;
    bench.directory.write("sub/x.txt", "x");
    {
        const support::NoDescriptors none;
        CHECK(bench.make("/sub/x.txt").status == 503);
        CHECK(bench.make("/sub/x.txt/").status == 503);
    }
    CHECK(bench.make("/sub/x.txt/").status == 404);
}

TEST_CASE("share making: the link, its directory and that one's name are on the disk before it is told",
          "[site][share]") {
    if (!access_control::has_tokens()) return;
    Bench bench;
    REQUIRE(bench.make("/a.txt").status == 201);  // .godwit is there from here on
    support::StubbornDiskQueue disk;
    site::ShareParts parts{
        .root = bench.root, .store = bench.store, .disk = disk, .clock = bench.clock, .counts = bench.counts};
    const site::ShareMaking making(parts);
    const ParsedRequest parsed("POST", "/a.txt?share", {});
    http::Request request = parsed.get();
    request.user = bench.user;
    auto decision = making.make(request, {Resource::Kind::file, "/a.txt"}, bench.rights);
    auto work = std::get<std::unique_ptr<http::BodySink>>(decision)->finish({});
    for (int i = 0; i < 3; ++i) CHECK_FALSE(work->advance(0).has_value());
    CHECK(disk.seen.size() == 3);
    disk.finish_all();
    CHECK(work->advance(0)->status == http::Status::created);
}

TEST_CASE("share making: a maker has a hundred at most, and those that are over do not count", "[site][share]") {
    if (!access_control::has_tokens()) return;
    Bench bench;
    for (std::size_t i = 0; i < site::kMostSharesOfOneMaker; ++i) {
        REQUIRE(bench.make("/a.txt", i == 0 ? "hours=1" : "hours=2").status == 201);
    }
    CHECK(bench.make("/a.txt").status == 409);
    CHECK(bench.counts.over_share == 1);
    bench.user = user_named("bob");
    CHECK(bench.make("/a.txt").status == 201);
    bench.user = user_named("alice");
    bench.clock.advance_ms(3'600'000);
    CHECK(bench.make("/a.txt").status == 201);
    CHECK(bench.make("/a.txt").status == 409);
}

TEST_CASE("share making: two at once do not pass the limit together", "[site][share]") {
    if (!access_control::has_tokens()) return;
    Bench bench;
    for (std::size_t i = 1; i < site::kMostSharesOfOneMaker; ++i) REQUIRE(bench.make("/a.txt").status == 201);
    const auto begin = [&bench](ParsedRequest& parsed) {
        http::Request request = parsed.get();
        request.user = bench.user;
        auto decision = bench.making.make(request, {Resource::Kind::file, "/a.txt"}, bench.rights);
        return std::get<std::unique_ptr<http::BodySink>>(decision)->finish({});
    };
    ParsedRequest parsed("POST", "/a.txt?share", {});
    auto first = begin(parsed);
    auto second = begin(parsed);
    // Both begin to count before either has written its link.
    REQUIRE_FALSE(first->advance(0).has_value());
    REQUIRE_FALSE(second->advance(0).has_value());
    CHECK(take_answer(std::move(first)).status == 201);
    CHECK(take_answer(std::move(second)).status == 409);
}

TEST_CASE("share making: what was over a week ago is removed", "[site][share]") {
    if (!access_control::has_tokens()) return;
    Bench bench;
    const auto link = bench.made(bench.make("/a.txt", "hours=1"));
    bench.clock.advance_ms((3'600 + site::kKeepOverS) * 1'000);
    REQUIRE(bench.make("/a.txt").status == 201);
    CHECK(bench.store.read(link.id).has_value());
    bench.clock.advance_ms(1'000);
    REQUIRE(bench.make("/a.txt").status == 201);
    CHECK_FALSE(bench.store.read(link.id).has_value());
}

TEST_CASE("share making: a disk that cannot store it gives 503 and a reason for the operator", "[site][share]") {
    if (!access_control::has_tokens()) return;
    Bench bench;
    bench.directory.write(".godwit", "a file in the directory's place");
    CHECK(bench.make("/a.txt").status == 503);
    CHECK(bench.counts.made == 0);
}
