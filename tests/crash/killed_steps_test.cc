// A move and a copy in the place of a folder, killed right before each of the calls that change names, by strace: what
// stands is whole, and the next start leaves it as it was or as it was asked for. Skipped without strace.
#include <filesystem>
#include <string>
#include <vector>

#include "support/catch.h"
#include "support/raw_client.h"
#include "support/server_process.h"
#include "support/temp_dir.h"

namespace {

using Names = std::vector<std::string>;

bool strace_is_missing() {
    const bool missing = support::run_command({"strace", "-o", "/dev/null", "true"}).status != 0;
    if (missing) WARN("strace is not installed, or may not trace here");
    return missing;
}

struct Site {
    Site() {
        files.write("new/a", "new");
        files.write("old/b", "old");
    }
    /// Sends the request to a server that dies at its `call`th renameat2, and lets another one tidy up.
    void kill_at(int call, const std::string& method) {
        const support::TempDir traces;
        const std::vector<std::string> wrapper{
            "strace", "-f",
            "-o",     traces.at("trace"),
            "-e",     "trace=renameat2",
            "-e",     "inject=renameat2:signal=SIGKILL:when=" + std::to_string(call)};
        support::ServerProcess server({.directory = files.path(), .wrapper = wrapper});
        support::RawClient client(server.port());
        REQUIRE(client.send(support::request(method, "/new/", {"Destination: /old", "Overwrite: T"})));
        CHECK_FALSE(client.read_response(false, 20'000).has_value());
        server.kill();
    }
    /// What is there once nothing is left over.
    Names tidied() {
        const support::ServerProcess server({.directory = files.path()});
        CHECK(support::eventually([this] {
            for (const auto& entry : std::filesystem::directory_iterator(files.path())) {
                if (entry.path().filename().string().starts_with(".godwit-")) return false;
            }
            return true;
        }));
        return files.list();
    }

    support::TempDir files;
};

}  // namespace

TEST_CASE("killed steps: a move in the place of a folder is undone before the exchange, and done after it",
          "[crash][move]") {
    if (strace_is_missing()) return;
    Site before;
    before.kill_at(1, "MOVE");
    CHECK(before.tidied() == Names{"new", "new/a", "old", "old/b"});
    Site after;
    after.kill_at(2, "MOVE");
    // The one moment in which both stand, each at the other's name.
    CHECK(after.files.read("old/a") == "new");
    CHECK(after.files.read("new/b") == "old");
    CHECK(after.tidied() == Names{"old", "old/a"});
}

TEST_CASE("killed steps: a copy in the place of a folder is undone before the exchange", "[crash][copy]") {
    if (strace_is_missing()) return;
    Site site;
    site.kill_at(1, "COPY");
    CHECK(site.tidied() == Names{"new", "new/a", "old", "old/b"});
}
