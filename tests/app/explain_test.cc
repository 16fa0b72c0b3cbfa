// What --explain says, and what it refuses.
#include "app/explain.h"

#include <sys/stat.h>

#include <string>
#include <vector>

#include "app/command_line.h"
#include "support/temp_dir.h"

using command_line::accepted;
using command_line::contains;
using command_line::refused;

namespace {

std::string explained(std::vector<std::string> words) {
    const auto text = app::explain_rights(accepted(std::move(words)));
    return text ? *text : "refused: " + text.error();
}

/// A users file with two names, the second in a group.
struct Users {
    Users() {
        const std::string digest(64, 'a');
        files.write("users", "anna:token:" + digest + "\nbob:token:" + std::string(64, 'b') + "\ngroups:staff:bob\n");
        REQUIRE(::chmod(path.c_str(), 0600) == 0);
    }
    /// Options with these users, and what is explained.
    [[nodiscard]] std::vector<std::string> about(const std::string& who, const std::string& where) const {
        return {"--users",   path, "--grant", "/private anna read", "--grant", "/private @staff write",
                "--explain", who,  where};
    }
    support::TempDir files;
    std::string path = files.at("users");
};

}  // namespace

TEST_CASE("explain: a user has the lines of the name and of the groups", "[app][access]") {
    const Users users;
    CHECK(explained(users.about("anna", "/private/x")) ==
          "anna at /private/x: read\n  by     /private anna read\n  not by /private @staff create replace\n");
    CHECK(explained(users.about("bob", "/private/")) ==
          "bob at /private/: create replace\n  not by /private anna read\n  by     /private @staff create replace\n");
    CHECK(explained(users.about("*", "/private")).starts_with("anyone at /private: none\n  not by "));
    CHECK(explained(users.about("+", "/private")).starts_with("anyone signed in at /private: none\n  not by "));
    CHECK(explained(users.about("+", "/else")) == "anyone signed in at /else: read list\n  by     / * read list\n");
}

TEST_CASE("explain: without lines the short options are the line", "[app][access]") {
    CHECK(explained({"--explain", "*", "/x", "d"}) == "anyone at /x: read list\n  by     / * read list\n");
    CHECK(explained({"--allow-upload", "--explain", "*", "/x y", "d"}) ==
          "anyone at /x y: read list create\n  by     / * read list create\n"
          "  the line / * has the rights of --allow-upload\n");
    CHECK(explained({"-A", "--grant", "/in * create", "--explain", "* /a"}) ==
          "anyone at /a: read list create replace delete\n  by     / * read list create replace delete\n"
          "  the line / * has the rights of --allow-upload, --allow-replace, --allow-delete\n");
    CHECK(explained({"-A", "--grant", "/in * create", "--explain", "*", "/in/a"}) ==
          "anyone at /in/a: create\n  by     /in * create\n");
}

TEST_CASE("explain: says what other rules take away", "[app][access]") {
    CHECK(explained({"--no-listing", "--explain", "*", "/"}) ==
          "anyone at /: read\n  by     / * read list\n  without list, because of --no-listing\n");
    const std::string well_known = explained({"--allow-upload", "--explain", "*", "/.well-known/x"});
    CHECK(well_known.starts_with("anyone at /.well-known/x: read list\n"));
    CHECK(contains(well_known, "without create: below /.well-known/ only --allow-well-known gives them"));
    CHECK(contains(explained({"--explain", "*", "/a/.b"}), "names that begin with a dot are neither served nor"));
}

TEST_CASE("explain: refuses unknown users and paths that name nothing", "[app][access]") {
    const Users users;
    CHECK(explained(users.about("carl", "/")) == "refused: --explain: there is no user carl in " + users.path);
    CHECK(contains(explained({"--explain", "carl", "/"}), "no user carl, because --users names no file"));
    CHECK(contains(explained({"--explain", "a:b", "/"}), "is no name of a user"));
    for (const char* path : {"x", "/a//b", "/../x", "/a/.", "//"}) {
        CHECK(contains(explained({"--explain", "*", path}), "is no path below the directory"));
    }
}

TEST_CASE("options: --auth-prompt takes paths, and needs users", "[app][options]") {
    const Users users;
    std::vector<std::string> words = users.about("*", "/");
    words.insert(words.end(), {"--auth-prompt", "/dav/", "--auth-prompt", "/"});
    CHECK(accepted(words).auth_prompts == std::vector<std::string>{"/dav", "/"});
    CHECK(explained(words) == "anyone at /: none\n  nothing without signing in, by --auth-prompt /\n");
    CHECK(contains(refused({"--auth-prompt", "/dav", "d"}), "--users FILE has them"));
    CHECK(contains(refused({"--auth-prompt", "dav", "d"}), "it takes a path"));
}

TEST_CASE("explain: takes two words", "[app][options]") {
    CHECK(contains(refused({"--explain"}), "--explain needs a value"));
    CHECK(contains(refused({"--explain", "anna"}), "it takes a user"));
    const app::Options options = accepted({"--explain", "anna", "/a b", "-A", "d"});
    CHECK(options.explained.user == "anna");
    CHECK(options.explained.path == "/a b");
    CHECK(options.directory == "d");
    CHECK(options.site.allow_delete);
}

TEST_CASE("explain: any name may be that of a certificate, and has no group", "[app][certificate]") {
    CHECK(explained({"--tls-client-ca", "ca.pem", "--bind", "https://localhost", "--grant", "/ carol read", "--explain",
                     "carol /x"}) == "carol at /x: read\n  by     / carol read\n");
    const Users users;
    std::vector<std::string> words = users.about("bob", "/private/x");
    words.insert(words.begin(), {"--tls-client-ca", "ca.pem", "--bind", "https://localhost"});
    CHECK(explained(words).starts_with("bob at /private/x: create replace\n"));
    words = users.about("carol", "/private/x");
    CHECK(explained(words).starts_with("refused: "));
    words.insert(words.begin(), {"--tls-client-ca", "ca.pem", "--bind", "https://localhost"});
    CHECK(explained(words).starts_with("carol at /private/x: none\n"));
}
