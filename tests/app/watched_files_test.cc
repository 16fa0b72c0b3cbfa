// Files that are looked at again and again: what counts as a change, and when something is said.
#include "app/watched_files.h"

#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "support/catch.h"
#include "support/temp_dir.h"

using app::Look;
using app::WatchedFiles;

TEST_CASE("watched files: a change of either file is seen once", "[app]") {
    const support::TempDir folder;
    folder.write("a", "1");
    WatchedFiles files({folder.at("a"), folder.at("b")});
    CHECK_FALSE(files.look(Look::changed));
    CHECK(files.look(Look::all));
    folder.write("b", "new");
    CHECK(files.look(Look::changed));
    CHECK_FALSE(files.look(Look::changed));
    folder.write("a", "longer");
    CHECK(files.look(Look::changed));
    ::unlink(folder.at("b").c_str());
    CHECK(files.look(Look::changed));
    CHECK_FALSE(files.look(Look::changed));
}

TEST_CASE("watched files: a link that is turned to another file is a change", "[app]") {
    const support::TempDir folder;
    folder.write("1", "same");
    folder.write("2", "same");
    REQUIRE(::symlink("1", folder.at("live").c_str()) == 0);
    WatchedFiles files({folder.at("live")});
    ::unlink(folder.at("live").c_str());
    REQUIRE(::symlink("2", folder.at("live").c_str()) == 0);
    CHECK(files.look(Look::changed));
}

TEST_CASE("watched files: a problem is said once, after a while or when it was asked for", "[app]") {
    WatchedFiles files({});
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
