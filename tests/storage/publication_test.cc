// One change of one name: held, made, told, durable.
#include "storage/publication.h"

#include <cerrno>
#include <memory>

#include "storage/locks.h"
#include "support/catch.h"
#include "support/write_site.h"

namespace {

using storage::Publication;
using support::kWake;
using Kind = support::StubbornDiskQueue::Kind;

struct Heard final : storage::Changes {
    void path_changed(std::string_view path) override { paths.emplace_back(path); }
    std::vector<std::string> paths;
};

struct Site : support::WriteSite {
    Site() { parts->changes = &heard; }
    [[nodiscard]] storage::WritePlace place(std::string_view path) {
        auto found = storage::WritePlace::find(*root, new_directories, path);
        REQUIRE(found.has_value());
        return std::move(*found);
    }
    static storage::TemporaryFile file(const storage::WritePlace& place, std::string_view text) {
        auto made = storage::TemporaryFile::create(place.directory());
        REQUIRE(made.has_value());
        REQUIRE(::write(made->descriptor(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
        return std::move(*made);
    }
    Heard heard;
};

const storage::HeldName* hold(Publication& publication, const storage::WritePlace& place) {
    return publication.hold(place, storage::Touched::content, kWake).value();
}

}  // namespace

TEST_CASE("publication: a name is held from hold() to settle() or let_go()", "[storage][names]") {
    Site site;
    const auto place = site.place("/a");
    Publication first(*site.parts, {});
    Publication second(*site.parts, {});
    REQUIRE(hold(first, place) != nullptr);
    CHECK(hold(first, place) != nullptr);
    CHECK(hold(second, place) == nullptr);
    first.let_go();
    CHECK(hold(second, place) != nullptr);
    CHECK(hold(first, place) == nullptr);
    second.settle(place, kWake);
    CHECK(hold(first, place) != nullptr);
}

TEST_CASE("publication: holding another name lets the first one go", "[storage][names]") {
    Site site;
    const auto a = site.place("/a");
    const auto b = site.place("/b");
    Publication first(*site.parts, {});
    Publication second(*site.parts, {});
    REQUIRE(hold(first, a) != nullptr);
    REQUIRE(hold(first, b) != nullptr);
    CHECK(hold(second, a) != nullptr);
}

TEST_CASE("publication: a change is told when it is made, and over when the directory is synced", "[storage][names]") {
    Site site;
    const auto place = site.place("/a");
    Publication created(*site.parts, {});
    auto file = Site::file(place, "one");
    const storage::HeldName* const name = hold(created, place);
    REQUIRE(name != nullptr);
    CHECK(Publication::create(*name, file) == 0);
    CHECK(site.heard.paths.empty());
    created.settle(place, kWake);
    CHECK(site.heard.paths == std::vector<std::string>{"/a"});
    CHECK(site.disk.seen == std::vector<Kind>{Kind::all});
    CHECK_FALSE(created.durable().has_value());
    site.disk.finish_all();
    CHECK(created.durable() == 0);
    CHECK(site.directory.read("a") == "one");
}

TEST_CASE("publication: create() leaves what is there, replace() gives its blocks back in the background",
          "[storage][names]") {
    Site site;
    site.directory.write("a", "old");
    const auto place = site.place("/a");
    Publication publication(*site.parts, {});
    auto file = Site::file(place, "new");
    const storage::HeldName* const name = hold(publication, place);
    REQUIRE(name != nullptr);
    CHECK(Publication::create(*name, file) == EEXIST);
    CHECK(site.directory.read("a") == "old");
    CHECK(publication.replace(*name, file) == 0);
    publication.settle(place, kWake);
    CHECK(site.directory.read("a") == "new");
    CHECK(site.disk.closed_later == 1);
}

TEST_CASE("publication: a file and a directory are removed each by its own call", "[storage][names]") {
    Site site;
    site.directory.write("d/a", "x");
    Publication file(*site.parts, {});
    const auto a = site.place("/d/a");
    const auto d = site.place("/d");
    REQUIRE(hold(file, d) != nullptr);
    CHECK(file.remove(*hold(file, d), Publication::Kind::file) == EISDIR);
    CHECK(file.remove(*hold(file, d), Publication::Kind::directory) == ENOTEMPTY);
    CHECK(file.remove(*hold(file, a), Publication::Kind::directory) == ENOTDIR);
    CHECK(file.remove(*hold(file, a), Publication::Kind::file) == 0);
    CHECK(file.remove(*hold(file, d), Publication::Kind::directory) == 0);
    CHECK(site.directory.list().empty());
}

TEST_CASE("publication: a directory that cannot be synced is an error, but for file systems that have no such sync",
          "[storage][names]") {
    for (const int error : {EIO, ENOSPC, EINVAL}) {
        Site site;
        site.disk.directory_error = error;
        const auto place = site.place("/a");
        Publication publication(*site.parts, {});
        REQUIRE(hold(publication, place) != nullptr);
        publication.settle(place, kWake);
        site.disk.finish_all();
        CHECK(publication.durable() == (error == EINVAL ? 0 : error));
    }
}

TEST_CASE("publication: what is only written to keeps its name as durable as it was", "[storage][names]") {
    Site site;
    const auto place = site.place("/a");
    Publication publication(*site.parts, {});
    REQUIRE(hold(publication, place) != nullptr);
    publication.settle_content(place);
    CHECK(site.heard.paths == std::vector<std::string>{"/a"});
    CHECK(site.disk.seen.empty());
    CHECK(publication.durable() == 0);
    CHECK(site.names.empty());
}

TEST_CASE("publication: a locked name is not held, and what goes takes its locks along", "[storage][names][lock]") {
    Site site;
    storage::Locks locks(*site.root, site.clock);
    site.parts->locks = &locks;
    site.directory.write("a", "x");
    const auto a = site.place("/a");
    Publication before(*site.parts, {});
    REQUIRE(before.hold(a, storage::Touched::content, kWake).value() != nullptr);
    before.let_go();
    const auto granted = locks.grant({.token = {}, .path = "/a", .user = {}, .owner = {}}, 60, {});
    REQUIRE(granted.has_value());
    auto refused = before.hold(a, storage::Touched::content, kWake);
    REQUIRE_FALSE(refused.has_value());
    CHECK(http::code(refused.error().status) == 423);
    auto shown = std::make_shared<http::IfField>();
    shown->tokens = {granted->lock.token};
    Publication holder(*site.parts, {shown, {}});
    const auto name = holder.hold(a, storage::Touched::name, kWake);
    REQUIRE(name.value() != nullptr);
    CHECK(holder.remove(**name, Publication::Kind::file) == 0);
    holder.settle(a, kWake);
    CHECK(locks.empty());
}
