// Where the server may be watched.
#include "app/command_line.h"

using command_line::accepted;
using command_line::contains;
using command_line::refused;

TEST_CASE("admin options: addresses of this machine alone, with their port", "[app][options]") {
    const app::Options options =
        accepted({"--admin", "127.0.0.1:9221", "--admin", "[::1]:0", "--admin", "unix:/run/godwit/admin", "d"});
    REQUIRE(options.admin.size() == 3);
    CHECK(options.admin[0].to_text() == "127.0.0.1:9221");
    CHECK(options.admin[1].port() == 0);
    CHECK(options.admin[2].path == "/run/godwit/admin");
    CHECK(contains(app::describe(options, "/d"), "admin:             http://127.0.0.1:9221/, http://[::1]:0/, unix:"));
    CHECK(contains(app::start_line(options, "/d", options.server.addresses), "; admin on http://127.0.0.1:9221/"));
    CHECK(accepted({"d"}).admin.empty());
}

TEST_CASE("admin options: what others could reach is refused", "[app][options]") {
    for (const char* open : {"0.0.0.0:1", ":9221", "192.0.2.1:9221", "[::]:1", "*:1"}) {
        CHECK(contains(refused({"--admin", open, "d"}), "others could reach it"));
    }
    CHECK(contains(refused({"--admin", "127.0.0.1", "d"}), "the port is missing"));
    CHECK(contains(refused({"--admin", "https://127.0.0.1:1", "d"}), "it has no TLS"));
    CHECK(contains(refused({"--admin", "", "d"}), "unix:PATH"));
}
