// Digests in the making: slices in turn, one work for all who wait, and its end with the last of them.
#include "files/digest_queue.h"

#include <string>
#include <vector>

#include "support/catch.h"
#include "support/page_cache.h"
#include "support/served_tree.h"
#include "support/write_site.h"

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
    /// The disk has read what it was asked for, and says to whom.
    std::vector<http::Wake> woken_by_disk() {
        disk.finish_reads();
        std::vector<http::Wake> come;
        disk.wakes().take(come, 0);
        return come;
    }
    /// A file of two windows that is on the disk only, or null where the file system cannot have one.
    std::shared_ptr<const files::Representation> get_cold() {
        tree.write("cold", std::string(2 * http::ReadAhead::kWindowBytes, 'c'));
        if (!support::evict(tree.at("cold"))) return nullptr;
        disk.reads_in_background = true;
        return get("/cold");
    }
    static bool has_digest(const files::Representation& found) {
        return !found.identity().digest(DigestAlgorithm::sha_256).empty();
    }

    ServedTree tree;
    storage::FileRoot root = tree.open();
    FakeClock clock = settled_clock();
    base::ArrivalClock arrivals;
    support::StubbornDiskQueue disk;
    files::RepresentationCache cache{root, clock, arrivals, {}, {}, &disk};
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

TEST_CASE("digest queue: a file that is not in memory is waited for, and others go on meanwhile", "[files][digests]") {
    if (!storage::has_digests()) return;
    Digesting digesting;
    const auto cold = digesting.get_cold();
    if (cold == nullptr) return;
    const auto wait = digesting.make(cold);
    REQUIRE_FALSE(wait->advance(kFirst));
    CHECK(digesting.woken().empty());
    REQUIRE_FALSE(wait->advance(kFirst));
    CHECK(digesting.woken().empty());

    digesting.tree.write("warm", std::string(2 * files::kDigestSliceBytes, 'a'));
    const auto warm = digesting.get("/warm");
    const auto other = digesting.make(warm);
    bool other_done = other->advance(kSecond);
    for (int i = 0; i < 20 && !other_done; ++i) {
        for (const http::Wake wake : digesting.woken()) {
            if (wake == kSecond) other_done = other->advance(kSecond);
        }
    }
    CHECK(Digesting::has_digest(*warm));

    bool done = false;
    for (int i = 0; i < 100 && !done; ++i) {
        for (const http::Wake wake : digesting.woken_by_disk()) {
            REQUIRE(wake == kFirst);
            done = wait->advance(kFirst);
        }
        for (const http::Wake wake : digesting.woken()) {
            if (wake == kFirst && !done) done = wait->advance(kFirst);
        }
    }
    CHECK(Digesting::has_digest(*cold));
}

TEST_CASE("digest queue: when the one that the disk would wake leaves, another asks the disk", "[files][digests]") {
    if (!storage::has_digests()) return;
    Digesting digesting;
    const auto cold = digesting.get_cold();
    if (cold == nullptr) return;
    auto first = digesting.make(cold);
    const auto second = digesting.make(cold);
    REQUIRE_FALSE(first->advance(kFirst));
    REQUIRE_FALSE(second->advance(kSecond));
    first.reset();
    bool done = false;
    for (int i = 0; i < 100 && !done; ++i) {
        for (const http::Wake wake : digesting.woken()) {
            if (wake == kSecond) done = second->advance(kSecond);
        }
        for (const http::Wake wake : digesting.woken_by_disk()) {
            if (wake == kSecond && !done) done = second->advance(kSecond);
        }
    }
    CHECK(Digesting::has_digest(*cold));
}
