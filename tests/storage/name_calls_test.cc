// The calls that change a name: what each leaves alone, and which names are the server's own.
#include "storage/name_calls.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "support/catch.h"
#include "support/write_site.h"

namespace {

const std::string kOwn = ".godwit-0123456789abcdef.part";

struct Names {
    /// The name, held by this process until the next call.
    const storage::HeldName& held(const std::string& name) {
        claim.reset();
        const std::vector<storage::NameClaim::Target> wanted{{directory.get(), name}};
        claim.emplace(names, wakes, wanted);
        REQUIRE(claim->advance(1));
        return claim->held(0);
    }
    base::Fd open(const std::string& name, int flags) const {
        return base::Fd(::open(site.at(name).c_str(), flags | O_CLOEXEC, 0666));
    }

    support::TempDir site;
    base::Fd directory{open(".", O_RDONLY | O_DIRECTORY)};
    base::WakeQueue wakes;
    storage::HeldNames names;
    std::optional<storage::NameClaim> claim;
};

using Listing = std::vector<std::string>;

}  // namespace

TEST_CASE("name calls: only a rename over replaces a file", "[storage][names]") {
    Names at;
    at.site.write("a", "old");
    at.site.write(kOwn, "new");
    const storage::OwnName own{at.directory.get(), kOwn};
    const base::Fd file = at.open(kOwn, O_RDONLY);
    CHECK(storage::link_file(file.get(), at.held("a")) == EEXIST);
    CHECK(storage::rename_to_free(own, at.held("a")) == EEXIST);
    CHECK_FALSE(storage::create_file(at.held("a")));
    CHECK(storage::make_directory(at.held("a")) == EEXIST);
    CHECK(at.site.read("a") == "old");
    CHECK(at.site.read(kOwn) == "new");
    CHECK(storage::rename_over(own, at.held("a")) == 0);
    CHECK(at.site.read("a") == "new");
    CHECK(at.site.list() == Listing{"a"});
}

TEST_CASE("name calls: no call takes a directory's name, and none removes a directory with something in it",
          "[storage][names]") {
    Names at;
    at.site.write(kOwn, "new");
    REQUIRE(storage::make_directory(at.held("d")) == 0);
    CHECK(storage::rename_over({at.directory.get(), kOwn}, at.held("d")) == EISDIR);
    CHECK(storage::remove_file(at.held("d")) == EISDIR);
    at.site.write("d/file", "x");
    CHECK(storage::remove_directory(at.held("d")) == ENOTEMPTY);
    CHECK(storage::remove_empty_directory(at.directory.get(), "d") == ENOTEMPTY);
    CHECK(at.site.read("d/file") == "x");
    REQUIRE(::unlink(at.site.at("d/file").c_str()) == 0);
    CHECK(storage::remove_directory(at.held("d")) == 0);
    CHECK(storage::remove_directory(at.held("d")) == ENOENT);
}

TEST_CASE("name calls: two names are exchanged, whatever has them", "[storage][names]") {
    Names at;
    at.site.write("d/a", "folder");
    at.site.write("f", "file");
    {
        storage::NameClaim both(at.names, at.wakes, {{at.directory.get(), "d"}, {at.directory.get(), "f"}});
        REQUIRE(both.advance(1));
        CHECK(storage::exchange(both.held(0), both.held(1)) == 0);
    }
    CHECK(at.site.read("d") == "file");
    CHECK(at.site.read("f/a") == "folder");
    at.site.write(kOwn, "own");
    CHECK(storage::exchange_own({at.directory.get(), kOwn}, at.held("f")) == 0);
    CHECK(at.site.read("f") == "own");
    CHECK(at.site.read(std::string(kOwn) + "/a") == "folder");
    CHECK(storage::exchange_own({at.directory.get(), "d"}, at.held("f")) == EINVAL);
    CHECK(storage::exchange_own({at.directory.get(), kOwn}, at.held("none")) == ENOENT);
}

TEST_CASE("name calls: a file without a name gets a free one", "[storage][names]") {
    Names at;
    const base::Fd file = at.open(".", O_TMPFILE | O_WRONLY);
    if (!file) return;  // the file system has none
    REQUIRE(::write(file.get(), "text", 4) == 4);
    CHECK(storage::link_file(file.get(), at.held("a")) == 0);
    CHECK(at.site.read("a") == "text");
}

TEST_CASE("name calls: a link is not followed by the call that makes a file", "[storage][names]") {
    Names at;
    REQUIRE(::symlink("target", at.site.at("link").c_str()) == 0);
    CHECK_FALSE(storage::create_file(at.held("link")));
    CHECK(storage::remove_file(at.held("link")) == 0);
    CHECK(at.site.list().empty());
}

TEST_CASE("name calls: what need not be held is refused for names that others may want", "[storage][names]") {
    Names at;
    at.site.write("a", "others'");
    const base::Fd file = at.open("a", O_RDONLY);
    const storage::OwnName other{at.directory.get(), "a"};
    CHECK(storage::remove_own(other) == EINVAL);
    CHECK(storage::move_own(other, at.directory.get()) == EINVAL);
    CHECK(storage::link_own(file.get(), {at.directory.get(), "b"}) == EINVAL);
    CHECK(at.site.list() == Listing{"a"});
    CHECK(storage::link_own(file.get(), {at.directory.get(), kOwn}) == 0);
    CHECK(storage::remove_own({at.directory.get(), kOwn}) == 0);
    CHECK(at.site.list() == Listing{"a"});
}

TEST_CASE("name calls: the server's own names are those that no request can ask for", "[storage][names]") {
    CHECK(storage::is_own_name(kOwn));
    CHECK(storage::is_own_name(".godwit-uploads"));
    CHECK(storage::is_own_name("0123456789abcdef.upload"));
    CHECK(storage::is_own_name("0123456789abcdef.share"));
    for (const char* const name :
         {"", "a", ".god", "0123456789abcdef", "0123456789abcdeg.upload", "a.upload", "0123456789abcdef.shared"}) {
        CHECK_FALSE(storage::is_own_name(name));
    }
}

TEST_CASE("name calls: a directory is hidden with all that is in it, and takes the place of nothing",
          "[storage][names]") {
    Names at;
    const std::string gone = ".godwit-0000000000000001.gone";
    at.site.write("d/file", "x");
    CHECK(storage::hide_directory(at.held("d"), "e") == EINVAL);
    REQUIRE(storage::hide_directory(at.held("d"), gone) == 0);
    CHECK(at.site.read(gone + "/file") == "x");
    at.site.make_directory("d");
    CHECK(storage::hide_directory(at.held("d"), gone) == EEXIST);
    CHECK(storage::hide_directory(at.held("none"), ".godwit-0000000000000002.gone") == ENOENT);
    CHECK(at.site.list() == Listing{gone, gone + "/file", "d"});
    CHECK(storage::remove_gone_entry(at.open(gone, O_RDONLY | O_DIRECTORY).get(), "file") == 0);
}

TEST_CASE("name calls: a name of the server's own is replaced by another one, and moves to another directory",
          "[storage][names]") {
    Names at;
    const std::string other = ".godwit-fedcba9876543210.part";
    at.site.make_directory("d");
    at.site.write(kOwn, "new");
    at.site.write(other, "old");
    CHECK(storage::replace_own({at.directory.get(), kOwn}, "a") == EINVAL);
    CHECK(storage::replace_own({at.directory.get(), "a"}, kOwn) == EINVAL);
    REQUIRE(storage::replace_own({at.directory.get(), kOwn}, other) == 0);
    CHECK(storage::replace_own({at.directory.get(), kOwn}, other) == ENOENT);
    const base::Fd inside = at.open("d", O_RDONLY | O_DIRECTORY);
    REQUIRE(storage::move_own({at.directory.get(), other}, inside.get()) == 0);
    CHECK(at.site.read("d/" + other) == "new");
    CHECK(at.site.list() == Listing{"d", "d/" + other});
}
