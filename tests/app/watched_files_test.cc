// Files that are looked at again and again: what counts as a change, and when something is said.
#include "app/watched_files.h"

#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "support/catch.h"
#include "support/temp_dir.h"

using app::Look;
using app::WatchedFiles;

namespace {

app::OwnFiles own;

}  // namespace

TEST_CASE("watched files: a change of either file is seen once", "[app]") {
    const support::TempDir folder;
    folder.write("a", "1");
    WatchedFiles files({folder.at("a"), folder.at("b")}, own);
    CHECK_FALSE(files.look(Look::changed, own));
    CHECK(files.look(Look::all, own));
    folder.write("b", "new");
    CHECK(files.look(Look::changed, own));
    CHECK_FALSE(files.look(Look::changed, own));
    folder.write("a", "longer");
    CHECK(files.look(Look::changed, own));
    ::unlink(folder.at("b").c_str());
    CHECK(files.look(Look::changed, own));
    CHECK_FALSE(files.look(Look::changed, own));
}

TEST_CASE("watched files: a link that is turned to another file is a change", "[app]") {
    const support::TempDir folder;
    folder.write("1", "same");
    folder.write("2", "same");
    REQUIRE(::symlink("1", folder.at("live").c_str()) == 0);
    WatchedFiles files({folder.at("live")}, own);
    ::unlink(folder.at("live").c_str());
    REQUIRE(::symlink("2", folder.at("live").c_str()) == 0);
    CHECK(files.look(Look::changed, own));
}

TEST_CASE("watched files: a problem is said once, after a while or when it was asked for", "[app]") {
    WatchedFiles files({}, own);
    CHECK_FALSE(files.take_complaint(0));
    files.note_problem("broken", Look::changed, 1'000);
    CHECK_FALSE(files.take_complaint(1'000 + app::kComplainAfterMs - 1));
    CHECK(files.take_complaint(1'000 + app::kComplainAfterMs) == "broken");
    CHECK_FALSE(files.take_complaint(100'000));
    files.note_problem("broken", Look::all, 1'000);
    CHECK(files.take_complaint(1'000) == "broken");
    files.note_problem("broken", Look::changed, 1'000);
    files.note_taken();
    CHECK_FALSE(files.take_complaint(100'000));
}

TEST_CASE("watched files: what the source knows nothing of yet is as it was", "[app]") {
    const support::TempDir folder;
    folder.write("a", "1");
    WatchedFiles files({folder.at("a")}, own);
    app::HandedFiles handed({folder.at("a")});
    CHECK_FALSE(files.look(Look::changed, handed));
    handed.take(0, own.open(folder.at("a")));
    CHECK_FALSE(files.look(Look::changed, handed));
    folder.write("a", "longer");
    CHECK(files.look(Look::changed, handed));
}
