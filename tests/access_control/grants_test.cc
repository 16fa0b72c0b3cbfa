// Lines of rights, and which of them decide about a path.
#include "access_control/grants.h"

#include <memory>

#include "support/catch.h"

using access_control::Grant;
using access_control::Grants;
using access_control::parse_grant;
using access_control::rights_text;

namespace {

Grants grants_of(std::initializer_list<std::string_view> lines) {
    std::vector<Grant> grants;
    for (const std::string_view line : lines) grants.push_back(parse_grant(line).value());
    return Grants(std::move(grants));
}

handler::Client client(std::string_view name, std::vector<std::string> groups = {}) {
    if (name.empty()) return {};
    return {std::make_shared<const http::User>(http::User{std::string(name), std::move(groups)})};
}

std::string at(const Grants& grants, std::string_view path, const handler::Client& who = {}) {
    return rights_text(grants.rights_at(path, who));
}

}  // namespace

TEST_CASE("grants: a line is a path, who and rights", "[access][grants]") {
    CHECK(parse_grant("/ * read")->text() == "/ * read");
    CHECK(parse_grant("  /a/b/\t anna  delete list read ")->text() == "/a/b anna read list delete");
    CHECK(parse_grant("/ @staff write")->text() == "/ @staff create replace");
    CHECK(parse_grant("/private + none")->text() == "/private + none");
}

TEST_CASE("grants: a line that is something else is refused", "[access][grants]") {
    for (const std::string_view line :
         {"", "/", "/ *", "a * read", "/a//b * read", "/a/../b * read", "/. * read", "/ a:b read", "/ @ read",
          "/ * fly", "/ * read none", "/ * none read", "// * read", "/a\x01 * read"}) {
        INFO(line);
        CHECK_FALSE(parse_grant(line));
    }
}

TEST_CASE("grants: the longest path of whole segments decides alone", "[access][grants]") {
    const Grants grants = grants_of({"/ * read list", "/private anna read", "/private/inbox * create"});
    CHECK(at(grants, "/") == "read list");
    CHECK(at(grants, "/privateer") == "read list");
    CHECK(at(grants, "/private") == "none");
    CHECK(at(grants, "/private/") == "none");
    CHECK(at(grants, "/private/x") == "none");
    CHECK(at(grants, "/private/x/y/", client("anna")) == "read");
    CHECK(at(grants, "/private/inbox/x", client("anna")) == "create");
    CHECK(at(grants, "/private/inboxes", client("anna")) == "read");
    CHECK(grants.place_of("/private/inbox/x") == "/private/inbox");
    CHECK(grants.place_of("/x") == "/");
}

TEST_CASE("grants: the lines of one path are added up", "[access][grants]") {
    const Grants grants = grants_of({"/ * read", "/ + list", "/ @staff create", "/ anna delete"});
    CHECK(at(grants, "/f") == "read");
    CHECK(at(grants, "/f", client("bob")) == "read list");
    CHECK(at(grants, "/f", client("bob", {"staff"})) == "read list create");
    CHECK(at(grants, "/f", client("anna")) == "read list delete");
    CHECK(at(grants, "/f", client("staff")) == "read list");
}

TEST_CASE("grants: where no line is, nobody may anything", "[access][grants]") {
    const Grants grants = grants_of({"/a * read"});
    CHECK(at(grants, "/", client("anna")) == "none");
    CHECK(at(grants, "/b") == "none");
    CHECK(at(grants, "") == "none");
    CHECK(grants.place_of("/b").empty());
}

TEST_CASE("grants: know where answers are the same for all", "[access][grants]") {
    const Grants grants = grants_of({"/ * read", "/a/b anna read", "/c * none"});
    CHECK(grants.is_same_for_all("/x"));
    CHECK(grants.is_same_for_all("/c/x"));
    CHECK_FALSE(grants.is_same_for_all("/a/b/x"));
    CHECK(grants.has_places_below("/"));
    CHECK(grants.has_places_below("/a/"));
    CHECK_FALSE(grants.has_places_below("/a/b/"));
    CHECK_FALSE(grants.has_places_below("/x/"));
    CHECK(grants.allows_somewhere(handler::Right::read));
    CHECK_FALSE(grants.allows_somewhere(handler::Right::create));
}

TEST_CASE("grants: show the lines that decide, and for whom they count", "[access][grants]") {
    const Grants grants = grants_of({"/ * read", "/a anna read", "/a * list"});
    const handler::Client anna = client("anna");
    CHECK(grants.lines_text(anna.user.get(), "/a/x") == "  by     /a anna read\n  by     /a * list\n");
    CHECK(grants.lines_text(nullptr, "/a/x") == "  not by /a anna read\n  by     /a * list\n");
    CHECK(grants_of({}).lines_text(nullptr, "/") == "  no line is about this path\n");
}

TEST_CASE("grants: the right to share is for who signed in, whoever has it", "[access][grants][share]") {
    const Grants grants = grants_of({"/ * read list share", "/b bob read", "/c + share"});
    CHECK(at(grants, "/x") == "read list");
    CHECK(at(grants, "/x", client("alice")) == "read list share");
    CHECK(at(grants, "/b", client("bob")) == "read");
    CHECK(at(grants, "/c", client("bob")) == "share");
    CHECK_FALSE(grants.is_same_for_all("/x"));
    CHECK(parse_grant("/ + write")->text() == "/ + create replace");
}

TEST_CASE("grants: a link adds what its maker may read and share at each path", "[access][grants][share]") {
    const Grants grants =
        grants_of({"/ alice read list write delete share", "/ bob read", "/a/unshared alice read list",
                   "/a/unread alice list share", "/a/staff @staff read share", "/a/inbox * create",
                   "/a/unshared/deep alice read share"});
    const auto with_link = [](std::string_view visitor, std::string path, std::vector<std::string> groups = {}) {
        handler::Client who = client(visitor);
        who.shared = std::make_shared<const http::SharedPath>(
            http::SharedPath{.path = std::move(path), .maker = client("alice", std::move(groups)).user});
        return who;
    };
    CHECK(at(grants, "/a/x", with_link("", "/a/")) == "read list");
    CHECK(at(grants, "/a", with_link("", "/a/")) == "read list");
    CHECK(at(grants, "/a/", with_link("", "/a/")) == "read list");
    CHECK(at(grants, "/ab", with_link("", "/a/")) == "none");
    CHECK(at(grants, "/", with_link("", "/a/")) == "none");
    CHECK(at(grants, "/a/x", with_link("", "/a/x")) == "read list");
    CHECK(at(grants, "/a/x/y", with_link("", "/a/x")) == "none");
    CHECK(at(grants, "/anything", with_link("", "/")) == "read list");
    CHECK(at(grants, "/a/unshared/x", with_link("", "/a/")) == "none");
    CHECK(at(grants, "/a/unread/x", with_link("", "/a/")) == "list");
    CHECK(at(grants, "/a/staff/x", with_link("", "/a/")) == "none");
    CHECK(at(grants, "/a/staff/x", with_link("", "/a/", {"staff"})) == "read");
    CHECK(at(grants, "/a/unshared/deep/x", with_link("", "/a/unshared/")) == "none");
    // What a visitor has anyway stays.
    CHECK(at(grants, "/a/inbox/x", with_link("", "/a/")) == "create");
    CHECK(at(grants, "/b", with_link("bob", "/a/")) == "read");
    CHECK(at(grants, "/a/x", with_link("bob", "/a/")) == "read list");
}

TEST_CASE("grants: who has a certificate and no account shares nothing", "[access_control][certificate]") {
    const Grants grants = grants_of({"/ alice read share", "/ + list"});
    handler::Client alice = client("alice");
    CHECK(at(grants, "/a", alice) == "read list share");
    alice.user = std::make_shared<const http::User>(http::User{.name = "alice", .groups = {}, .has_account = false});
    CHECK(at(grants, "/a", alice) == "read list");
}

TEST_CASE("grants: a link for dropping gives create alone, and makes a drop box of its folder",
          "[access][grants][share]") {
    const Grants grants = grants_of({"/ alice read list write delete share", "/pub * read list",
                                     "/pub alice read list create share", "/pub/no.txt alice read",
                                     "/own bob read list create", "/own alice create share", "/read alice read share"});
    const auto with_link = [](std::string_view visitor, std::string path, std::string upload = {}) {
        handler::Client who = client(visitor);
        who.shared = std::make_shared<const http::SharedPath>(http::SharedPath{.path = std::move(path),
                                                                               .maker = client("alice").user,
                                                                               .gives = http::LinkGives::dropping,
                                                                               .upload = std::move(upload)});
        return who;
    };
    CHECK(at(grants, "/a/", with_link("", "/a/")) == "create");
    CHECK(at(grants, "/a/x", with_link("", "/a/")) == "create");
    for (const char* const path : {"/a", "/a/x/", "/a/x/y", "/ab", "/", "/.godwit/uploads/1"}) {
        INFO(path);
        CHECK(at(grants, path, with_link("", "/a/")) == "none");
    }
    CHECK(at(grants, "/x", with_link("", "/")) == "create");
    // A visitor who could read what is there would be told which names are taken.
    CHECK(at(grants, "/pub/x", with_link("", "/pub/")) == "create");
    CHECK(at(grants, "/pub/no.txt", with_link("", "/pub/")) == "none");
    CHECK(at(grants, "/own/x", with_link("bob", "/own/")) == "read list create");
    CHECK(at(grants, "/read/x", with_link("", "/read/")) == "none");
    // An upload that it began, whose address is elsewhere.
    CHECK(at(grants, "/.godwit/uploads/1", with_link("", "/a/", "/.godwit/uploads/1")) == "create");
    CHECK(at(grants, "/.godwit/uploads/2", with_link("", "/a/", "/.godwit/uploads/1")) == "none");
}

TEST_CASE("grants: a sidecar has only the rights that its file has as well", "[access][grants]") {
    const Grants grants = grants_of({"/ * read list write", "/page.html * read", "/mine.gz * read list", "/pack * none",
                                     "/list.txt anna read list", "/list.txt.br * read"});
    for (const std::string_view suffix : {".gz", ".deflate", ".br", ".zst", ".gz.br"}) {
        INFO(suffix);
        CHECK(at(grants, std::string("/page.html").append(suffix)) == "read");
        CHECK(at(grants, std::string("/d/page.html").append(suffix)) == "read list create replace");
    }
    CHECK(at(grants, "/page.html.bz2") == "read list create replace");
    CHECK(at(grants, "/mine.gz") == "read list");
    CHECK(at(grants, "/list.txt.gz", client("anna")) == "read list");
    CHECK(at(grants, "/list.txt.br", client("anna")) == "read");
    CHECK(at(grants, "/list.txt.br") == "none");
    CHECK_FALSE(grants.is_same_for_all("/list.txt.br"));
    CHECK(grants.lines_text(nullptr, "/list.txt.br") ==
          "  by     /list.txt.br * read\n  and, as it is a form of /list.txt,\n  not by /list.txt anna read list\n");
    CHECK(grants.lines_text(nullptr, "/d/x.gz") == "  by     / * read list create replace\n");
    // A directory, and what is in it, is no sidecar.
    CHECK(at(grants, "/pack.gz") == "none");
    CHECK(at(grants, "/pack.gz/") == "read list create replace");
    CHECK(at(grants, "/pack.gz/x") == "read list create replace");
    CHECK(at(grants, "/.gz") == "read list create replace");
}

TEST_CASE("grants: of a thousand suffixes each counts, below a thousand directories too", "[access][grants]") {
    std::string folder;
    std::string suffixes;
    for (int i = 0; i < 1'000; ++i) folder += "/a";
    for (int i = 0; i < 1'000; ++i) suffixes += ".gz";
    const auto line = [](std::string_view text) { return *parse_grant(text); };
    const Grants grants({line("/ * read list write"), line(folder + " * read list"), line(folder + "/x.gz.gz * none"),
                         line(folder + "/z + read"), line(folder + "/z" + suffixes + " * read list write")},
                        {folder + "/y.gz"});
    CHECK(at(grants, folder + "/x.gz") == "read list");
    CHECK(at(grants, folder + "/x" + suffixes) == "none");
    CHECK(at(grants, folder + "/v" + suffixes) == "read list");
    CHECK(at(grants, folder + "/y.gz", client("anna")) == "read list");
    CHECK(at(grants, folder + "/y" + suffixes) == "none");
    CHECK(grants.asks_to_sign_in_at(folder + "/y" + suffixes));
    // The lines of the folder hold for the files between the two that have lines of their own.
    CHECK(at(grants, folder + "/z" + suffixes, client("anna")) == "read");
    CHECK_FALSE(grants.is_same_for_all(folder + "/z" + suffixes));
    CHECK(grants.is_same_for_all(folder + "/v" + suffixes));
}

TEST_CASE("grants: what a long name costs grows with its length alone", "[access][grants]") {
    // The square of these numbers would take minutes, and so would end the test.
    std::string folder;
    std::string suffixes;
    for (int i = 0; i < 50'000; ++i) folder += "/a";
    for (int i = 0; i < 50'000; ++i) suffixes += ".gz";
    const Grants grants({*parse_grant("/ * read"), *parse_grant("/b * list")}, {"/c"});
    CHECK(at(grants, folder + "/x" + suffixes) == "read");
    CHECK(grants.is_same_for_all(folder + "/x" + suffixes));
    CHECK_FALSE(grants.asks_to_sign_in_at(folder + "/x" + suffixes));
}

TEST_CASE("grants: where signing in comes first, a client without a name has only what its link gives",
          "[access][grants]") {
    const auto line = [](std::string_view text) { return *parse_grant(text); };
    const Grants grants({line("/ * read list write"), line("/a/b * read"), line("/a anna read list share")},
                        {"/c", "/a", "/d/page.html"});
    for (const char* path : {"/a", "/a/", "/a/x", "/a/b/x", "/c/x/y/", "/d/page.html", "/d/page.html.gz", "/c.br"}) {
        INFO(path);
        CHECK(at(grants, path) == "none");
        CHECK(grants.asks_to_sign_in_at(path));
        CHECK_FALSE(grants.is_same_for_all(path));
    }
    for (const char* path : {"/", "/ab", "/d", "/d/", "/d/page.htm", "/d/c"}) {
        INFO(path);
        CHECK(at(grants, path) == "read list create replace");
        CHECK_FALSE(grants.asks_to_sign_in_at(path));
        CHECK(grants.is_same_for_all(path));
    }
    CHECK(at(grants, "/c/x", client("bob")) == "read list create replace");
    CHECK(at(grants, "/a/b/x", client("bob")) == "read");
    handler::Client preflight;
    preflight.is_preflight = true;
    CHECK(at(grants, "/c/x", preflight) == "read list create replace");
    handler::Client visitor;
    visitor.shared =
        std::make_shared<const http::SharedPath>(http::SharedPath{.path = "/a/", .maker = client("anna").user});
    CHECK(at(grants, "/a/x", visitor) == "read list");
    CHECK(at(grants, "/c/x", visitor) == "none");
    for (const char* path : {"/", "/d/"}) CHECK(grants.has_places_below(path));
    for (const char* path : {"/c/", "/d/page.html/", "/x/"}) CHECK_FALSE(grants.has_places_below(path));
    CHECK(Grants({}, {"/"}).asks_to_sign_in_at("/x/y"));
    CHECK(grants.lines_text(nullptr, "/c.br") == "  nothing without signing in, by --auth-prompt /c\n");
    CHECK(grants.lines_text(client("bob").user.get(), "/c/x") == "  by     / * read list create replace\n");
}
