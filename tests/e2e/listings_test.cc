// Listings over the wire: hostile names lead to their files in every form, pages, tags, and a directory too large to be
// gathered.
#include <unistd.h>

#include <set>

#include "e2e/site.h"

namespace {

/// Names that mean something to HTML, URIs, JSON, terminals or shells. The content of each file is its name.
const std::vector<std::string> kNames = {"plain.txt",
                                         " leading space",
                                         "trailing space ",
                                         "a \"q\" 'b'.txt",
                                         "<script>alert(1)<",
                                         "&amp;",
                                         "new\nline",
                                         "tab\tand \x1B[31mred",
                                         "per%cent%20%41",
                                         "ques?tion=1&b",
                                         "ha#sh",
                                         "back\\slash",
                                         "colon:in it",
                                         "javascript:alert(1)",
                                         "~tilde;semi,comma+plus*",
                                         "\xFF\xFEnot utf-8",
                                         "gr\xC3\xBC\xC3\x9F"
                                         "e \xE6\x97\xA5\xE6\x9C\xAC",
                                         "\xE2\x80\xAEoverride",
                                         std::string(255, 'n')};

struct Hostile {
    Hostile() {
        files.make_directory("names");
        for (const std::string& name : kNames) files.write("names/" + name, name);
        files.make_directory("names/sub?dir");
        files.write("names/sub?dir/inner", "inner");
    }
    [[nodiscard]] support::ClientResponse get(std::string_view target,
                                              const std::vector<std::string>& fields = {}) const {
        return support::fetch(server.port(), "GET", target, fields);
    }

    support::TempDir files;
    support::ServerProcess server{{.directory = files.path(), .options = {}}};
};

/// What stands between each `before` and the `after` that follows.
std::vector<std::string> all_between(const std::string& text, std::string_view before, std::string_view after) {
    std::vector<std::string> found;
    for (std::size_t at = text.find(before); at != std::string::npos; at = text.find(before, at)) {
        at += before.size();
        const std::size_t end = text.find(after, at);
        if (end == std::string::npos) break;
        found.push_back(text.substr(at, end - at));
        at = end;
    }
    return found;
}

/// The files that the links lead to, by their content.
std::set<std::string> follow(const Hostile& site, const std::vector<std::string>& links) {
    std::set<std::string> contents;
    for (std::string link : links) {
        if (link.starts_with("./")) link.erase(0, 2);
        if (link.starts_with("?") || link.starts_with("/") || link.starts_with("..")) continue;
        const auto answer = site.get("/names/" + link);
        CAPTURE(link);
        CHECK(answer.status == 200);
        if (!link.ends_with("/")) contents.insert(answer.body);
    }
    return contents;
}

const std::set<std::string> kContents(kNames.begin(), kNames.end());

}  // namespace

TEST_CASE("listings: every link leads to its file, whatever its name", "[e2e][listings]") {
    const Hostile site;
    const auto page = site.get("/names/");
    CHECK(page.status == 200);
    CHECK(page.body.find("<script>alert") == std::string::npos);
    CHECK(follow(site, all_between(page.body, "href=\"", "\"")) == kContents);

    const auto json = site.get("/names/", {"Accept: application/json"});
    CHECK(json.value("Content-Type") == "application/json");
    const auto links = all_between(json.body, "\"href\":\"", "\"");
    CHECK(links.size() == kNames.size() + 1);
    CHECK(follow(site, links) == kContents);

    // Line by line, escapes undone.
    const auto text = site.get("/names/?format=text");
    std::set<std::string> names;
    for (const std::string& line : all_between("\n" + text.body, "\n", "\n")) {
        std::string name;
        for (std::size_t i = 0; i < line.size(); ++i) {
            if (line[i] == '\\' && line[i + 1] == 'x') {
                name.push_back(static_cast<char>(std::stoi(line.substr(i + 2, 2), nullptr, 16)));
                i += 3;
            } else {
                if (line[i] == '\\') ++i;
                name.push_back(line[i]);
            }
        }
        if (!name.ends_with("/")) names.insert(name);
    }
    CHECK(names == kContents);
}

TEST_CASE("listings: pages are followed by their links, in every order", "[e2e][listings]") {
    const Hostile site;
    for (const auto order : {"sort=name", "sort=size&order=desc", "sort=time", "sort=type&order=desc"}) {
        std::string query = "?format=json&limit=3&" + std::string(order);
        std::vector<std::string> links;
        for (int pages = 0; !query.empty(); ++pages) {
            REQUIRE(pages < 20);
            const auto page = site.get("/names/" + query);
            REQUIRE(page.status == 200);
            const auto more = all_between(page.body, "\"href\":\"", "\"");
            CHECK(more.size() <= 3);
            links.insert(links.end(), more.begin(), more.end());
            const auto next = all_between(page.value("Link"), "<", ">");
            query = next.empty() ? "" : next[0];
        }
        CHECK(links.size() == kNames.size() + 1);
        CHECK(follow(site, links) == kContents);
    }
}

TEST_CASE("listings: 304 until a file changes, and the etags are those of the files", "[e2e][listings]") {
    const Hostile site;
    // A file that is only just written has a weak tag, and then another.
    support::ClientResponse first;
    REQUIRE(support::eventually([&] {
        first = site.get("/names/?format=json");
        return first.body.find("W/") == std::string::npos;
    }));
    const std::string condition = "If-None-Match: " + first.value("ETag");
    CHECK(site.get("/names/?format=json", {condition}).status == 304);
    const auto head = support::fetch(site.server.port(), "HEAD", "/names/?format=json");
    CHECK(head.value("Content-Length") == first.value("Content-Length"));
    CHECK(head.value("ETag") == first.value("ETag"));
    std::string tag = site.get("/names/plain.txt").value("ETag");
    REQUIRE(tag.size() > 2);
    tag.insert(tag.size() - 1, "\\");
    tag.insert(0, "\\");
    CHECK(first.body.find("\"etag\":\"" + tag + "\"") != std::string::npos);
    site.files.write("names/plain.txt", "changed");
    CHECK(site.get("/names/?format=json", {condition}).status == 200);
}

TEST_CASE("listings: more than 10,000 entries are streamed, all of them, and paged in order", "[e2e][listings]") {
    const support::TempDir files;
    files.write("many/0", "x");
    constexpr int kEntries = 10'500;
    for (int i = 1; i < kEntries; ++i) {
        REQUIRE(::link(files.at("many/0").c_str(), files.at("many/" + std::to_string(i)).c_str()) == 0);
    }
    const support::ServerProcess server({.directory = files.path(), .options = {}});
    const auto all = support::fetch(server.port(), "GET", "/many/?format=text");
    CHECK(all.whole);
    CHECK(all.chunked);
    CHECK_FALSE(all.has("ETag"));
    const auto lines = all_between("\n" + all.body, "\n", "\n");
    CHECK(std::set<std::string>(lines.begin(), lines.end()).size() == kEntries);
    // A page for a person begins with the first entries in order.
    const auto page = support::fetch(server.port(), "GET", "/many/");
    CHECK(page.whole);
    CHECK(page.has("ETag"));
    CHECK(page.value("Link") == "<?after=9999>; rel=\"next\"");
    CHECK(page.body.find(">0</a>") < page.body.find(">1</a>"));
    CHECK(page.body.find(">10000</a>") == std::string::npos);

    const auto sorted = support::fetch(server.port(), "GET", "/many/?format=text&sort=name");
    CHECK(sorted.body.starts_with("0\n1\n2\n"));
    CHECK(sorted.body.ends_with("\n9999\n"));
    CHECK(sorted.value("Link") == "<?sort=name&format=text&after=9999>; rel=\"next\"");
    const auto rest = support::fetch(server.port(), "GET", "/many/?sort=name&format=text&after=9999");
    CHECK(rest.body.starts_with("10000\n"));
    CHECK(rest.body.ends_with("\n10499\n"));
    CHECK_FALSE(rest.has("Link"));
    // Another client is answered while a page is made.
    support::RawClient busy(server.port());
    REQUIRE(busy.send(support::request("GET", "/many/?sort=size&limit=1&format=text")));
    CHECK(support::fetch(server.port(), "GET", "/many/7").body == "x");
    CHECK(busy.read_response()->body == "0\n");
}

TEST_CASE("listings: a client that leaves while its page is made changes nothing", "[e2e][listings]") {
    const Hostile site;
    for (int i = 0; i < 20; ++i) {
        support::RawClient gone(site.server.port());
        REQUIRE(gone.send(support::request("GET", "/names/?sort=size")));
        gone.reset();
    }
    CHECK(site.get("/names/").status == 200);
}

TEST_CASE("listings: a search finds hostile names below, in every form", "[e2e][listing]") {
    const Hostile site;
    site.files.write("names/sub?dir/javascript:x", "found");
    const auto text = site.get("/?search=java&format=text");
    CHECK(text.body == "names/javascript:alert(1)\nnames/sub?dir/javascript:x\n");
    const auto page = site.get("/?search=java");
    const auto links = all_between(page.body, "class=\"name\"><a href=\"", "\"");
    REQUIRE(links.size() == 3);
    CHECK(site.get("/" + links[2]).body == "found");
    const auto json = site.get("/?search=java&limit=1", {"Accept: application/json"});
    CHECK(json.body.ends_with("],\"complete\":false,\"because\":\"limit\"}\n"));
    CHECK(site.get("/?search=a%2Fb").status == 400);
    CHECK(site.get("/?search=").body == site.get("/").body);
}
