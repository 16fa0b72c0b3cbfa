// Where a write happens.
#include "storage/written_path.h"

#include <unistd.h>

#include "support/catch.h"
#include "support/write_site.h"

TEST_CASE("written path: links in directories are resolved, one at the end is not", "[storage]") {
    const support::WriteSite site;
    site.directory.write("d/a", "x");
    REQUIRE(::symlink("d", site.directory.at("l").c_str()) == 0);
    const auto find = [&](std::string_view path) { return storage::find_written_path(*site.root, path).value(); };
    CHECK(find("/d/a") == "/d/a");
    CHECK(find("/l/a") == "/d/a");
    CHECK(find("/l/new") == "/d/new");
    CHECK(find("/l/sub/") == "/d/sub/");
    CHECK(find("/l") == "/l");
    CHECK(find("/") == "/");
    CHECK(find("/none/such") == "/none/such");
}

TEST_CASE("written path: two paths lie in each other where their directories are links, too", "[storage]") {
    using storage::Overlap;
    const support::WriteSite site;
    site.directory.write("d/e/a", "x");
    REQUIRE(::symlink("d", site.directory.at("l").c_str()) == 0);
    const auto find = [&](std::string_view source, std::string_view destination) {
        return storage::find_overlap(*site.root, source, destination).value();
    };
    CHECK(find("/d/", "/d") == Overlap::same);
    CHECK(find("/d/e", "/l/e") == Overlap::same);
    CHECK(find("/d/", "/d/e") == Overlap::destination_is_inside);
    CHECK(find("/d/", "/l/new/") == Overlap::destination_is_inside);
    CHECK(find("/l/e/", "/d") == Overlap::source_is_inside);
    CHECK(find("/d/", "/da") == Overlap::none);
    CHECK(find("/da", "/d/") == Overlap::none);
    // The link itself is another place than what it leads to.
    CHECK(find("/d/", "/l") == Overlap::none);
}
