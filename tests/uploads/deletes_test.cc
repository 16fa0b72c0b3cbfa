// DELETE as the connection sees it.
#include "uploads/deletes.h"

#include <string>
#include <vector>

#include "support/catch.h"
#include "support/write_answers.h"

using support::AnsweringSite;

TEST_CASE("deletes: files, directories, the root, hidden names", "[handlers][deletes]") {
    AnsweringSite site;
    site.directory.write("a", "x");
    site.directory.write("full/b", "x");
    site.directory.write(".secret", "x");
    site.directory.make_directory("empty");
    CHECK(site.ask("DELETE", "/a").status() == 204);
    CHECK(site.ask("DELETE", "/a").status() == 404);
    CHECK(site.ask("DELETE", "/full/").status() == 409);
    CHECK(site.ask("DELETE", "/full").status() == 409);
    CHECK(site.ask("DELETE", "/empty/").status() == 204);
    CHECK(site.ask("DELETE", "/.secret").status() == 404);
    CHECK(site.ask("DELETE", "/").status() == 403);
    CHECK(site.ask("DELETE", "/files/").status() == 403);
    CHECK(site.directory.list() == std::vector<std::string>{".secret", "full", "full/b"});
}
