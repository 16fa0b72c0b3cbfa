// What the program says of itself.
#include <span>
#include <string>
#include <vector>

#include "app/command_line.h"
#include "app/options.h"
#include "support/catch.h"

using command_line::accepted;
using command_line::contains;

TEST_CASE("start text: the start line names the directory, the real ports and the rights", "[app][start]") {
    const app::Options options = accepted({"--allow-upload", "d"});
    const std::vector<net::Address> bound = {*net::Address::parse("127.0.0.1", 4221), *net::Address::parse("::1", 80)};
    CHECK(app::start_line(options, "/srv/d", std::span(bound).first(1)) ==
          "godwit " GODWIT_VERSION
          ", sandbox on: serving /srv/d on http://127.0.0.1:4221/ (uploads on, replacing off, deletes off)\n");
    CHECK(contains(app::start_line(options, "/srv/d", bound, {}, "not whole"), ", sandbox not whole: serving /srv/d "));
    CHECK(contains(app::start_line(options, "/srv/d", bound), "http://127.0.0.1:4221/, http://[::1]:80/ ("));
    CHECK(contains(app::start_line(options, "/srv/a\nb", bound), "/srv/a?b"));
}

TEST_CASE("start text: a path prefix is in the start line and in --test, without its last slash", "[app][start]") {
    const app::Options options = accepted({"--path-prefix", "/files/", "d"});
    CHECK(options.site.path_prefix == "/files");
    CHECK(app::start_line(options, "/d", options.server.addresses).find("; below /files") != std::string::npos);
    CHECK(app::describe(options, "/d").find("path prefix:       /files\n") != std::string::npos);
    CHECK(app::describe(accepted({"d"}), "/d").find("path prefix") == std::string::npos);
}

TEST_CASE("start text: --version says what the build has", "[app][start]") {
    CHECK(app::version_text().starts_with("godwit " GODWIT_VERSION "\n"));
    CHECK(contains(app::version_text(), "zlib "));
    CHECK(contains(app::version_text(), "io_uring"));
    CHECK(contains(app::version_text(), "digests"));
}
