// DELETE of full folders through the real server: what is seen, who waits, and what a kill leaves.
#include <string>
#include <vector>

#include "e2e/site.h"

using e2e::Site;

namespace {

const std::vector<std::string> kWhole = {"Depth: infinity"};

void fill(const Site& site, const std::string& folder, int files) {
    for (int i = 0; i < files; ++i)
        site.files.write(folder + "/" + std::to_string(i % 10) + "/" + std::to_string(i), "x");
}

bool holds(const Site& site, std::string_view part) {
    for (const std::string& name : site.files.list()) {
        if (name.find(part) != std::string::npos) return true;
    }
    return false;
}

}  // namespace

TEST_CASE("tree removal: a full folder is gone at once, and its files in a while", "[e2e][trees]") {
    const Site site;
    fill(site, "full", 3000);
    CHECK(site.fetch("DELETE", "/full/").status == 409);
    CHECK(site.fetch("DELETE", "/full/", kWhole).status == 204);
    CHECK(site.fetch("GET", "/full/1/1").status == 404);
    CHECK(site.fetch("GET", "/?format=text").body.find("full") == std::string::npos);
    CHECK(site.fetch("MKCOL", "/full").status == 201);
    CHECK(support::eventually([&] { return !holds(site, ".gone"); }, 20'000));
    CHECK(site.files.has("full"));
    CHECK(site.files.has("hello.txt"));
}

TEST_CASE("tree removal: a folder that a killed server was removing goes at the next start", "[e2e][trees]") {
    support::TempDir files;
    files.write(".godwit-00000000000000aa.gone/d/a", "x");
    files.write("kept", "x");
    const support::ServerProcess server({.directory = files.path(), .options = {"--allow-delete"}});
    CHECK(support::eventually([&] { return files.list() == std::vector<std::string>{"kept"}; }, 20'000));
}
