// Who may judge a name while it is taken over.
#include "storage/names_in_flight.h"

#include <fcntl.h>

#include <initializer_list>

#include "support/catch.h"
#include "support/write_site.h"

namespace {

base::Fd open_directory(const std::string& path) {
    return base::Fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

}  // namespace

TEST_CASE("names in flight: a name is taken once, and who waits longest for it is woken", "[content][names]") {
    const support::TempDir site;
    const base::Fd directory = open_directory(site.path());
    support::StubbornDiskQueue disk;
    storage::NamesInFlight names;
    std::vector<http::Wake> wakes;
    auto first = names.take(directory.get(), "a", disk, 1);
    REQUIRE(first.has_value());
    CHECK_FALSE(names.take(directory.get(), "a", disk, 2).has_value());
    CHECK_FALSE(names.take(directory.get(), "a", disk, 3).has_value());
    disk.reap(wakes);
    CHECK(wakes.empty());
    first.reset();
    disk.reap(wakes);
    CHECK(wakes == std::vector<http::Wake>{2});
    wakes.clear();
    auto second = names.take(directory.get(), "a", disk, 2);
    REQUIRE(second.has_value());
    second.reset();
    disk.reap(wakes);
    CHECK(wakes == std::vector<http::Wake>{3});
}

TEST_CASE("names in flight: who asks twice, or before it is woken, does not eat the wake of others",
          "[content][names]") {
    const support::TempDir site;
    const base::Fd directory = open_directory(site.path());
    support::StubbornDiskQueue disk;
    storage::NamesInFlight names;
    std::vector<http::Wake> wakes;
    auto held = names.take(directory.get(), "a", disk, 1);
    for (const http::Wake wake : std::initializer_list<http::Wake>{2, 3, 3, 2, 4})
        CHECK_FALSE(names.take(directory.get(), "a", disk, wake).has_value());
    held.reset();
    held = names.take(directory.get(), "a", disk, 3);
    REQUIRE(held.has_value());
    CHECK_FALSE(names.take(directory.get(), "a", disk, 2).has_value());
    held.reset();
    disk.reap(wakes);
    CHECK(wakes == std::vector<http::Wake>{2, 4});
}

TEST_CASE("names in flight: a directory is the same by whatever path it was opened", "[content][names]") {
    const support::TempDir site;
    site.make_directory("d/e");
    const base::Fd one = open_directory(site.at("d"));
    const base::Fd other = open_directory(site.at("d/e/.."));
    const base::Fd deeper = open_directory(site.at("d/e"));
    support::StubbornDiskQueue disk;
    storage::NamesInFlight names;
    const auto held = names.take(one.get(), "a", disk, 1);
    CHECK_FALSE(names.take(other.get(), "a", disk, 2).has_value());
    CHECK(names.take(deeper.get(), "a", disk, 2).has_value());
    CHECK(names.take(one.get(), "b", disk, 2).has_value());
}

TEST_CASE("names in flight: a hold that moves is given up once", "[content][names]") {
    const support::TempDir site;
    const base::Fd directory = open_directory(site.path());
    support::StubbornDiskQueue disk;
    storage::NamesInFlight names;
    auto first = names.take(directory.get(), "a", disk, 1);
    auto second = names.take(directory.get(), "b", disk, 1);
    std::optional moved(std::move(*first));
    first.reset();
    CHECK_FALSE(names.take(directory.get(), "a", disk, 2).has_value());
    *moved = std::move(*second);
    CHECK(names.take(directory.get(), "a", disk, 3).has_value());
    CHECK_FALSE(names.take(directory.get(), "b", disk, 3).has_value());
}
