// A file in place of a directory: it is served, and nothing beside it.
#include "e2e/site.h"

namespace {

int status_of(const support::ServerProcess& server, std::string_view target) {
    return support::fetch(server.port(), "GET", target).status;
}

}  // namespace

TEST_CASE("single file: the root and its name give it, everything beside it is 404", "[e2e][process]") {
    const support::TempDir files;
    files.write("film.txt", "the film");
    files.write("beside.txt", "secret");
    const support::ServerProcess server({.directory = files.at("film.txt"), .options = {}});
    CHECK(support::fetch(server.port(), "GET", "/").body == "the film");
    CHECK(support::fetch(server.port(), "GET", "/film.txt").body == "the film");
    for (const char* target : {"/beside.txt", "/film.txt/", "/./beside.txt", "/%62eside.txt", "/files/beside.txt",
                               "/files/film.txt", "/echo/x", "/database.txt", "/?format=json&x=/beside.txt", "/film"}) {
        CAPTURE(target);
        CHECK((status_of(server, target) == 404 || support::fetch(server.port(), "GET", target).body == "the film"));
    }
    CHECK(server.start_line().find("film.txt on http://") != std::string::npos);
}

TEST_CASE("single file: writing needs a directory, and a hidden file is refused", "[e2e][process]") {
    const support::TempDir files;
    files.write("film.txt", "the film");
    files.write(".secret", "secret");
    const std::string program = support::godwit_program();
    CHECK(support::run_command({program, "-p", "0", "-A", files.at("film.txt")}).status == 1);
    CHECK(support::run_command({program, "-p", "0", files.at(".secret")}).status == 1);
}
