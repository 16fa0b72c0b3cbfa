// Digests in the making: slices in turn, one work for all who wait, and its end with the last of them.
#include "files/digest_queue.h"

#include <string>
#include <vector>

#include "support/catch.h"
#include "support/served_tree.h"

using files::DigestQueue;
using http::Coding;
using http::DigestAlgorithm;

namespace {

constexpr http::Wake kFirst = 1;
constexpr http::Wake kSecond = 2;

struct Digesting {
    std::shared_ptr<const files::Representation> get(std::string_view path) {
        auto found = cache.find(path, ++arrivals.latest);
        REQUIRE(found.has_value());
        return *found;
    }
    std::unique_ptr<DigestQueue::Wait> make(const std::shared_ptr<const files::Representation>& found,
                                            const http::ClientKey& client = {}) {
        return digests.make(found, Coding::identity, DigestAlgorithm::sha_256, client);
    }
    std::vector<http::Wake> woken() {
        std::vector<http::Wake> come;
        wakes.take(come, 0);
        return come;
    }
    static bool has_digest(const files::Representation& found) {
        return !found.identity().digest(DigestAlgorithm::sha_256).empty();
    }

    ServedTree tree;
    storage::FileRoot root = tree.open();
    FakeClock clock = settled_clock();
    base::ArrivalClock arrivals;
    files::RepresentationCache cache{root, clock, arrivals, {}};
    base::WakeQueue wakes;
    DigestQueue digests{wakes, cache};
};

}  // namespace

TEST_CASE("digest queue: short bytes in memory need no wait", "[files][digests]") {
    if (!storage::has_digests()) return;
    Digesting digesting;
    digesting.tree.write("a", "hello world\n");
    const auto found = digesting.get("/a");
    CHECK(digesting.make(found) == nullptr);
    CHECK(found->identity().digest(DigestAlgorithm::sha_256) ==
          "sha-256=:qUiQTy8PR5uPgZdpSzAYSw0u0cHNKh7A+4XSmaGSpEc=:");
}

TEST_CASE("digest queue: a large file takes one slice of each call, and is woken for the next", "[files][digests]") {
    if (!storage::has_digests()) return;
    Digesting digesting;
    digesting.tree.write("a", std::string(3 * files::kDigestSliceBytes, 'a'));
    const auto found = digesting.get("/a");
    const auto wait = digesting.make(found);
    REQUIRE(wait != nullptr);
    int calls = 1;
    while (!wait->advance(kFirst)) {
        CHECK_FALSE(Digesting::has_digest(*found));
        REQUIRE(digesting.woken() == std::vector<http::Wake>{kFirst});
        ++calls;
        REQUIRE(calls < 100);
    }
    CHECK(calls >= 3);
    CHECK(Digesting::has_digest(*found));
}

TEST_CASE("digest queue: two who want the same digest share the work", "[files][digests]") {
    if (!storage::has_digests()) return;
    Digesting digesting;
    digesting.tree.write("a", std::string(2 * files::kDigestSliceBytes, 'a'));
    const auto found = digesting.get("/a");
    const auto first = digesting.make(found);
    const auto second = digesting.make(found);
    REQUIRE(first != nullptr);
    REQUIRE(second != nullptr);
    int calls = 0;
    bool first_done = first->advance(kFirst);
    bool second_done = second->advance(kSecond);
    while (!first_done || !second_done) {
        for (const http::Wake wake : digesting.woken()) {
            ++calls;
            if (wake == kFirst) first_done = first->advance(kFirst);
            if (wake == kSecond) second_done = second->advance(kSecond);
        }
        REQUIRE(calls < 20);
    }
    CHECK(Digesting::has_digest(*found));
}

TEST_CASE("digest queue: when the one who works leaves, another goes on", "[files][digests]") {
    if (!storage::has_digests()) return;
    Digesting digesting;
    digesting.tree.write("a", std::string(4 * files::kDigestSliceBytes, 'a'));
    const auto found = digesting.get("/a");
    auto first = digesting.make(found);
    const auto second = digesting.make(found);
    REQUIRE_FALSE(first->advance(kFirst));
    REQUIRE_FALSE(second->advance(kSecond));
    first.reset();
    bool done = false;
    for (int i = 0; i < 20 && !done; ++i) {
        for (const http::Wake wake : digesting.woken()) {
            if (wake == kSecond) done = second->advance(kSecond);
        }
    }
    CHECK(done);
    CHECK(Digesting::has_digest(*found));
}

TEST_CASE("digest queue: a file that is too young for its changes to show gets none", "[files][digests]") {
    Digesting digesting;
    digesting.tree.write("a", std::string(4 * files::kDigestSliceBytes, 'a'));
    digesting.clock.set_unix_seconds(digesting.tree.status("a").st_mtim.tv_sec);
    const auto found = digesting.get("/a");
    CHECK(digesting.make(found) == nullptr);
    CHECK_FALSE(Digesting::has_digest(*found));
}

TEST_CASE("digest queue: one client has a part of what is made at once, and others the rest", "[files][digests]") {
    if (!storage::has_digests()) return;
    Digesting digesting;
    constexpr http::ClientKey kGreedy{1, 0};
    constexpr http::ClientKey kOther{2, 0};
    const auto file = [&](std::size_t number) {
        const std::string name = std::to_string(number);
        digesting.tree.write(name, std::string(2 * files::kDigestSliceBytes, 'a'));
        return digesting.get("/" + name);
    };
    std::vector<std::unique_ptr<DigestQueue::Wait>> waits;
    for (std::size_t i = 0; i < files::kMaxDigestJobsPerClient; ++i) {
        waits.push_back(digesting.make(file(i), kGreedy));
        REQUIRE(waits.back() != nullptr);
    }
    const auto more = file(waits.size());
    CHECK(digesting.make(more, kGreedy) == nullptr);
    CHECK(digesting.digests.over_share() == 1);
    CHECK(digesting.make(more, kOther) != nullptr);
    CHECK(digesting.make(more) != nullptr);
    waits.pop_back();
    CHECK(digesting.make(more, kGreedy) != nullptr);
    while (waits.size() < files::kMaxDigestWaitsPerClient)
        waits.push_back(digesting.make(digesting.get("/0"), kGreedy));
    REQUIRE(waits.back() != nullptr);
    CHECK(digesting.make(digesting.get("/0"), kGreedy) == nullptr);
    CHECK(digesting.make(digesting.get("/0"), kOther) != nullptr);
}
