// A move in the place of a folder: what stands after each of its steps, and what finishes it after a kill.
#include "storage/swap.h"

#include <fcntl.h>
#include <unistd.h>

#include <optional>
#include <string>
#include <vector>

#include "base/wake_queue.h"
#include "storage/name_calls.h"
#include "storage/tree_removal.h"
#include "support/catch.h"
#include "support/temp_dir.h"

namespace {

using Names = std::vector<std::string>;

/// Two names that are held.
struct Held {
    Held(const support::TempDir& directory, std::string from, std::string to)
        : at(::open(directory.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)),
          claim(names, wakes, {{at.get(), std::move(from)}, {at.get(), std::move(to)}}) {
        REQUIRE(claim.advance(1));
    }
    [[nodiscard]] const storage::HeldName& from() const { return claim.held(0); }
    [[nodiscard]] const storage::HeldName& to() const { return claim.held(1); }

    base::Fd at;
    base::WakeQueue wakes;
    storage::HeldNames names;
    storage::NameClaim claim;
};

}  // namespace

TEST_CASE("swap: a folder takes the place of another one, which is hidden as a whole", "[storage][move]") {
    const support::TempDir directory;
    directory.write("new/a", "new");
    directory.write("old/b", "old");
    const Held held(directory, "new", "old");
    const auto gone = storage::swap_away(held.from(), held.to());
    REQUIRE(gone.has_value());
    CHECK(storage::is_gone_name(*gone));
    CHECK(directory.list() == Names{*gone, *gone + "/b", "old", "old/a"});
}

TEST_CASE("swap: where one of the two is a file nothing is left of what was there", "[storage][move]") {
    const support::TempDir directory;
    directory.write("d/a", "folder");
    directory.write("f", "file");
    const Held held(directory, "d", "f");
    CHECK(storage::swap_away(held.from(), held.to()).value().empty());
    CHECK(directory.list() == Names{"f", "f/a"});
    REQUIRE(::symlink("nowhere", directory.at("l").c_str()) == 0);
    const Held link(directory, "f", "l");
    CHECK(storage::swap_away(link.from(), link.to()).value().empty());
    CHECK(directory.list() == Names{"l", "l/a"});
}

TEST_CASE("swap: one that fails changes nothing, and leaves no note", "[storage][move]") {
    const support::TempDir directory;
    directory.write("d/e/a", "x");
    base::Fd inside(::open(directory.at("d").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    base::Fd top(::open(directory.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    base::WakeQueue wakes;
    storage::HeldNames names;
    storage::NameClaim claim(names, wakes, {{inside.get(), "e"}, {top.get(), "d"}});
    REQUIRE(claim.advance(1));
    // It would be in itself.
    CHECK(storage::swap_away(claim.held(0), claim.held(1)).error() == EINVAL);
    CHECK(directory.list() == Names{"d", "d/e", "d/e/a"});
    const Held missing(directory, "d", "none");
    CHECK(storage::swap_away(missing.from(), missing.to()).error() == ENOENT);
    CHECK(directory.list() == Names{"d", "d/e", "d/e/a"});
}

TEST_CASE("swap: after a kill behind the exchange the note says what has to go", "[storage][move]") {
    const support::TempDir directory;
    directory.write("new\nname/a", "new");
    directory.write("old/b", "old");
    const Held held(directory, "new\nname", "old");
    const auto written = storage::write_swap_note(held.from(), held.to());
    REQUIRE(written.has_value());
    CHECK(storage::is_swap_name(written->file));
    REQUIRE(storage::exchange(held.from(), held.to()) == 0);
    const auto note = storage::read_swap_note(held.at.get(), written->file);
    REQUIRE(note.has_value());
    CHECK(note->name == "new\nname");
    const auto gone = storage::finish_swap(held.at.get(), *note);
    REQUIRE(gone.has_value());
    CHECK(directory.list() == Names{*gone, *gone + "/b", "old", "old/a"});
}

TEST_CASE("swap: after a kill before the exchange nothing goes but the note", "[storage][move]") {
    const support::TempDir directory;
    directory.write("new/a", "new");
    directory.write("old/b", "old");
    const Held held(directory, "new", "old");
    const auto note = storage::write_swap_note(held.from(), held.to());
    REQUIRE(note.has_value());
    CHECK(storage::finish_swap(held.at.get(), *note).value().empty());
    CHECK(directory.list() == Names{"new", "new/a", "old", "old/b"});
    // Somebody moved the source meanwhile.
    const auto again = storage::write_swap_note(held.from(), held.to());
    REQUIRE(again.has_value());
    REQUIRE(::rename(directory.at("new").c_str(), directory.at("else").c_str()) == 0);
    CHECK(storage::finish_swap(held.at.get(), *again).value().empty());
    CHECK(directory.list() == Names{"else", "else/a", "old", "old/b"});
}

TEST_CASE("swap: a note that is cut off or names another folder is none", "[storage][move]") {
    const support::TempDir directory;
    base::Fd top(::open(directory.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    const auto read = [&](const std::string& text) {
        directory.write("note", text);
        return storage::read_swap_note(top.get(), "note").has_value();
    };
    const std::string end(1, '\0');
    CHECK(read("inode 1\nborn 2\nname" + end));
    REQUIRE(::link(directory.at("note").c_str(), directory.at("second").c_str()) == 0);
    CHECK_FALSE(storage::read_swap_note(top.get(), "second").has_value());
    REQUIRE(::unlink(directory.at("second").c_str()) == 0);
    if (::geteuid() == 0) {
        REQUIRE(::chown(directory.at("note").c_str(), 65534, 65534) == 0);
        CHECK_FALSE(storage::read_swap_note(top.get(), "note").has_value());
        REQUIRE(::unlink(directory.at("note").c_str()) == 0);
    }
    CHECK_FALSE(read("inode 1\nborn 2\nname"));
    CHECK_FALSE(read("inode 1\nborn 2\n" + end));
    CHECK_FALSE(read("inode 1\nborn 2\n../name" + end));
    CHECK_FALSE(read("inode 1\nborn 2\n.." + end));
    CHECK_FALSE(read("inode 1\nborn 2\n.godwit" + end));
    CHECK_FALSE(read("inode x\nborn 2\nname" + end));
    CHECK_FALSE(read(""));
    CHECK_FALSE(storage::read_swap_note(top.get(), "none").has_value());
}
