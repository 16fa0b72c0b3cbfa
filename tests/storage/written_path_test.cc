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
