// Who may change a name, and who waits for it.
#include "storage/held_names.h"

#include <fcntl.h>

#include <memory>

#include "support/catch.h"
#include "support/write_site.h"

namespace {

struct Names {
    std::unique_ptr<storage::NameClaim> claim(std::vector<storage::NameClaim::Target> wanted) {
        return std::make_unique<storage::NameClaim>(names, queue, std::move(wanted));
    }
    std::unique_ptr<storage::NameClaim> claim(const std::string& name) { return claim({{directory.get(), name}}); }
    std::vector<http::Wake> reap() {
        std::vector<http::Wake> wakes;
        queue.take(wakes, 0);
        return wakes;
    }
    base::Fd open(const std::string& path) const {
        return base::Fd(::open(site.at(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    }

    support::TempDir site;
    base::Fd directory{open(".")};
    base::WakeQueue queue;
    storage::HeldNames names;
};

using Wakes = std::vector<http::Wake>;

}  // namespace

TEST_CASE("held names: a name has one holder, and the one that waits longest is woken", "[storage][names]") {
    Names at;
    auto first = at.claim("a");
    auto second = at.claim("a");
    auto third = at.claim("a");
    REQUIRE(first->advance(1));
    CHECK_FALSE(second->advance(2));
    CHECK_FALSE(third->advance(3));
    CHECK(first->held(0).name() == "a");
    CHECK(first->held(0).directory() == at.directory.get());
    CHECK(at.reap().empty());
    first.reset();
    CHECK(at.reap() == Wakes{2});
    CHECK_FALSE(third->advance(3));
    REQUIRE(second->advance(2));
    second.reset();
    CHECK(at.reap() == Wakes{3});
    CHECK(third->advance(3));
    third.reset();
    CHECK(at.names.empty());
}

TEST_CASE("held names: whoever gives up its place holds up nobody", "[storage][names]") {
    Names at;
    auto first = at.claim("a");
    auto second = at.claim("a");
    auto third = at.claim("a");
    auto fourth = at.claim("a");
    REQUIRE(first->advance(1));
    CHECK_FALSE(second->advance(2));
    CHECK_FALSE(third->advance(3));
    CHECK_FALSE(fourth->advance(4));
    third.reset();  // still waiting
    first.reset();
    CHECK(at.reap() == Wakes{2});
    second.reset();  // woken, and never came for it
    CHECK(at.reap() == Wakes{4});
    CHECK(fourth->advance(4));
}

TEST_CASE("held names: asking again keeps the place, and the wake that was given last comes back", "[storage][names]") {
    Names at;
    auto first = at.claim("a");
    auto second = at.claim("a");
    auto third = at.claim("a");
    REQUIRE(first->advance(1));
    CHECK_FALSE(second->advance(2));
    CHECK_FALSE(third->advance(3));
    CHECK_FALSE(second->advance(5));
    first.reset();
    CHECK(at.reap() == Wakes{5});
}

TEST_CASE("held names: a directory is the same by whatever path it was opened", "[storage][names]") {
    Names at;
    at.site.make_directory("d/e");
    const base::Fd one = at.open("d");
    const base::Fd other = at.open("d/e/..");
    const base::Fd deeper = at.open("d/e");
    const auto held = at.claim({{one.get(), "a"}});
    REQUIRE(held->advance(1));
    CHECK_FALSE(at.claim({{other.get(), "a"}})->advance(2));
    CHECK(at.claim({{deeper.get(), "a"}})->advance(2));
    CHECK(at.claim({{one.get(), "b"}})->advance(2));
}

TEST_CASE("held names: several names are taken in one order, so two claims never wait for each other",
          "[storage][names]") {
    Names at;
    const int directory = at.directory.get();
    auto there = at.claim({{directory, "a"}, {directory, "b"}});
    auto back = at.claim({{directory, "b"}, {directory, "a"}});
    REQUIRE(there->advance(1));
    CHECK_FALSE(back->advance(2));
    CHECK(there->held(1).name() == "b");
    there.reset();
    CHECK(at.reap() == Wakes{2});
    REQUIRE(back->advance(2));
    CHECK(back->held(0).name() == "b");
    CHECK(back->held(1).name() == "a");

    // While the second name is waited for, the first one stays held.
    back.reset();
    auto alone = at.claim("b");
    REQUIRE(alone->advance(3));
    auto both = at.claim({{directory, "b"}, {directory, "a"}});
    CHECK_FALSE(both->advance(4));
    auto late = at.claim("a");
    CHECK_FALSE(late->advance(5));
    alone.reset();
    CHECK(at.reap() == Wakes{4});
    REQUIRE(both->advance(4));
    both.reset();
    CHECK(at.reap() == Wakes{5});
    CHECK(late->advance(5));
}
