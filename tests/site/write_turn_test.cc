// Two processes on one directory: only one of them answers requests that may change something.
#include "site/write_turn.h"

#include <memory>
#include <string>
#include <vector>

#include "support/catch.h"
#include "support/write_answers.h"

namespace {

constexpr base::Wake kWake = 7;

/// A request as an exchange holds it while it waits.
struct Asked {
    Asked(std::string_view method, std::string_view target, std::string_view fields = {})
        : parsed(support::head(method, target, fields)), request(*parsed) {}
    support::ParsedRequest parsed;
    http::Request request;
};

/// A site that begins after another process.
struct Later : support::AnsweringSite {
    explicit Later(const site::SiteConfig& config = all_allowed()) : support::AnsweringSite(config) {
        site.emplace(*root, std::make_shared<const site::SiteConfig>(config), clock, arrivals, *disk, memory,
                     site::Writer::predecessor);
    }
    /// What admit() gives, and `request` for what follows.
    std::optional<handler::Decision> admit(Asked& asked) {
        asked.request.arrival = ++arrivals.latest;
        return site->admit(asked.request);
    }
    [[nodiscard]] bool waits(std::string_view method, std::string_view target, std::string_view fields = {}) {
        Asked asked(method, target, fields);
        const auto decision = admit(asked);
        return decision && std::holds_alternative<std::unique_ptr<handler::PendingDecision>>(*decision);
    }
    std::vector<base::Wake> take_wakes(base::MonotonicMs at_ms) {
        std::vector<base::Wake> wakes;
        woken.take(wakes, at_ms);
        return wakes;
    }
};

}  // namespace

TEST_CASE("write turn: reading goes on, and what may change something waits", "[site][upgrade]") {
    site::SiteConfig config = support::AnsweringSite::all_allowed();
    config.allow_share = true;
    Later later(config);
    later.directory.write("a.txt", "a");
    CHECK(later.ask("GET", "/a.txt").response.status == http::Status::ok);
    CHECK_FALSE(later.waits("GET", "/"));
    CHECK_FALSE(later.waits("OPTIONS", "/a.txt"));
    CHECK_FALSE(later.waits("PROPFIND", "/"));
    for (const char* const method : {"PUT", "POST", "DELETE", "PATCH", "MKCOL", "MOVE", "COPY", "LOCK", "PROPPATCH"}) {
        INFO(method);
        CHECK(later.waits(method, "/a.txt", "Content-Length: 0\r\n"));
    }
    CHECK(later.waits("HEAD", "/.godwit/uploads/0123"));
    CHECK(later.waits("GET", "/a.txt?share=0123456789abcdef.x"));
}

TEST_CASE("write turn: who waits goes on when the turn comes, with what the other process left", "[site][upgrade]") {
    support::AnsweringSite earlier;
    const auto begun = earlier.put("/film", "12345", "Upload-Complete: ?0\r\n");
    const std::string upload(begun.response.find("Location").value());
    Later later;
    later.root.emplace(*storage::FileRoot::open(earlier.directory.path(), storage::Symlinks::inside));
    later.site.emplace(*later.root, std::make_shared<const site::SiteConfig>(later.all_allowed()), later.clock,
                       later.arrivals, *later.disk, later.memory, site::Writer::predecessor);
    Asked asked("HEAD", upload);
    auto decision = later.admit(asked);
    auto& waiting = *std::get<std::unique_ptr<handler::PendingDecision>>(*decision);
    CHECK_FALSE(waiting.advance(asked.request, kWake));
    CHECK(later.take_wakes(later.clock.now_ms()).empty());
    later.site->begin_writing();
    CHECK(later.take_wakes(later.clock.now_ms()) == std::vector<base::Wake>{kWake});
    auto decision_now = waiting.advance(asked.request, kWake);
    REQUIRE(decision_now);
    const auto answer = support::settle(std::move(*decision_now), {}, {}, 1, *later.disk);
    CHECK(answer.response.find("Upload-Offset") == "5");
    CHECK(later.ask("HEAD", upload).response.find("Upload-Offset") == "5");
}

TEST_CASE("write turn: an upload is not known, nor forgotten, before the turn comes", "[site][upgrade]") {
    Later later;
    later.directory.make_directory(".godwit");
    later.directory.write(".godwit/0123456789abcdef.upload", "damaged");
    later.site->replace_rules(std::make_shared<const site::SiteConfig>(later.all_allowed()));
    CHECK_FALSE(later.site->tidy_due());
    later.site->tidy();
    CHECK(later.directory.has(".godwit/0123456789abcdef.upload"));
    later.site->begin_writing();
    CHECK_FALSE(later.directory.has(".godwit/0123456789abcdef.upload"));
    CHECK(later.site->tidy_due());
}

TEST_CASE("write turn: only so many wait at once", "[site][upgrade]") {
    site::WriteTurn turn(site::Writer::predecessor);
    for (std::size_t i = 0; i < site::WriteTurn::kMostWaiting; ++i) REQUIRE(turn.wait(i));
    CHECK_FALSE(turn.wait(0));
}

TEST_CASE("write turn: once it is given up, writing is refused and reading goes on", "[site][upgrade]") {
    support::AnsweringSite site;
    CHECK(site.put("/a.txt", "1").response.status == http::Status::created);
    CHECK(site.site->tidy_due());
    site.site->give_up_writing();
    CHECK_FALSE(site.site->tidy_due());
    const auto refused = site.put("/a.txt", "2");
    CHECK(refused.response.status == http::Status::service_unavailable);
    CHECK(refused.response.find("Retry-After") == "1");
    CHECK(refused.response.close);
    CHECK(site.ask("GET", "/a.txt").response.status == http::Status::ok);
    CHECK(site.directory.read("a.txt") == "1");
}
