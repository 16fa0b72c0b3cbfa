// What a name that leads to no directory looks like.
#include "app/mistaken_place.h"

#include "support/catch.h"
#include "support/temp_dir.h"

using app::probably_meant;

TEST_CASE("mistaken place: a port, an address and a command are known by their looks", "[app][options]") {
    CHECK(probably_meant("8080") == "; a port is --port 8080");
    CHECK(probably_meant(":8080") == "; a port is --port 8080");
    CHECK(probably_meant("127.0.0.1:80") == "; an address is --bind 127.0.0.1:80");
    CHECK(probably_meant("http://files.example") == "; an address is --bind http://files.example");
    CHECK(probably_meant("passwd") == "; the command is godwit passwd FILE NAME");
    CHECK(probably_meant("70000").empty());
    CHECK(probably_meant("no/such/folder").empty());
    CHECK(probably_meant("").empty());
}

TEST_CASE("mistaken place: nothing is said of what is there", "[app][options]") {
    const support::TempDir folder;
    folder.make_directory("::1");
    CHECK(probably_meant(folder.at("::1")).empty());
    CHECK(probably_meant("/").empty());
}
