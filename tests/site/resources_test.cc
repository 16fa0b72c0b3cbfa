// Which resource a path names.
#include "site/resources.h"

#include <string>
#include <vector>

#include "handler/write_rules.h"
#include "support/catch.h"
#include "support/write_site.h"

namespace {

using handler::Resource;
using Kind = Resource::Kind;

constexpr uploads::UploadLimits kLimits;

struct Paths {
    explicit Paths(bool builtin = true, handler::WriteRules with = allowed(),
                   std::string records_path = "/database.txt")
        : rules(std::move(with)),
          store(*site.parts, kLimits),
          resumable(*site.parts, rules, store),
          records(*site.parts, {.path = std::move(records_path), .file = "/database.txt", .limits = {}}),
          has_builtin(builtin) {
        look();
    }
    static handler::WriteRules allowed() {
        handler::WriteRules rules;
        rules.allow_upload = true;
        rules.upload_expiry_s = 3600;
        return rules;
    }
    void look() {
        site::SiteConfig config;
        config.builtin = has_builtin;
        config.has_sign_in_page = has_sign_in_page;
        resources.emplace(*site.root, config, records, resumable);
    }
    [[nodiscard]] Kind kind(std::string_view path) const { return resources->find(path).kind; }

    support::WriteSite site;
    handler::WriteRules rules;
    uploads::UploadStore store;
    uploads::ResumableUploads resumable;
    records::Records records;
    bool has_builtin;
    bool has_sign_in_page = false;
    std::optional<site::Resources> resources;
};

struct Row {
    std::string_view path;
    Kind kind;
};

}  // namespace

TEST_CASE("resources: every path has one kind", "[site][resources]") {
    const Paths paths;
    const std::vector<Row> rows{{"/", Kind::root},
                                {"/a", Kind::file},
                                {"/a/b.txt", Kind::file},
                                {"/a/", Kind::directory},
                                {"/.a", Kind::hidden},
                                {"/a/.b/c", Kind::hidden},
                                {"/.well-known/x", Kind::file},
                                {"/files", Kind::files_prefix},
                                {"/files/", Kind::root},
                                {"/files/a", Kind::file},
                                {"/files/.a", Kind::hidden},
                                {"/filesystem", Kind::file},
                                {"/echo", Kind::file},
                                {"/echo/", Kind::echo},
                                {"/echo/a/b", Kind::echo},
                                {"/user-agent", Kind::user_agent},
                                {"/user-agent/", Kind::directory},
                                {"/user-agents", Kind::file},
                                {"/healthz", Kind::health},
                                {"/healthz/", Kind::directory},
                                {"/.godwit/style.css", Kind::page_asset},
                                {"/.godwit/upload.js", Kind::page_asset},
                                {"/.godwit/other.js", Kind::hidden},
                                {"/files/.godwit/style.css", Kind::page_asset},
                                {"/files/.godwit/other.js", Kind::hidden},
                                {"/database.txt", Kind::records},
                                {"/database.txt/", Kind::record},
                                {"/database.txt/7", Kind::record},
                                {"/database.txts", Kind::file},
                                {"/a/database.txt", Kind::file}};
    for (const Row& row : rows) {
        INFO(row.path);
        CHECK(paths.kind(row.path) == row.kind);
    }
    CHECK(paths.kind(std::string(uploads::kUploadsPath) + "anything") == Kind::upload);
}

TEST_CASE("resources: every spelling of a file has the same path", "[site][resources]") {
    const Paths paths;
    CHECK(paths.resources->find("/files/a/b").path == "/a/b");
    CHECK(paths.resources->find("/a/b").path == "/a/b");
    CHECK(paths.resources->find("/files/").path == "/");
    CHECK(paths.resources->find("/files/files/a").path == "/files/a");
    CHECK(paths.resources->find("/files").path == "/files");
    CHECK(paths.resources->find("/filesystem").path == "/filesystem");
}

TEST_CASE("resources: '*' is the server", "[site][resources]") {
    const Paths paths;
    const support::ParsedRequest server(support::head("OPTIONS", "*"));
    CHECK(paths.resources->find(*server).kind == Kind::server);
    const support::ParsedRequest file(support::head("OPTIONS", "/a"));
    CHECK(paths.resources->find(*file).kind == Kind::file);
}

TEST_CASE("resources: an entry of the root takes the place of the endpoint of its name", "[site][resources]") {
    Paths paths;
    for (const std::string name : {"echo", "files", "user-agent", "healthz"}) paths.site.directory.write(name, "");
    CHECK(paths.kind("/healthz") == Kind::health);  // until the root is looked at again
    paths.look();
    for (const std::string_view path : {"/echo/a", "/files", "/files/a", "/user-agent", "/healthz"}) {
        INFO(path);
        CHECK(paths.kind(path) == Kind::file);
        CHECK(paths.resources->find(path).path == path);
    }
    CHECK(paths.resources->shadowed_endpoints() ==
          std::vector<std::string_view>{"echo", "files", "user-agent", "healthz"});
}

TEST_CASE("resources: what is off leaves its paths to files", "[site][resources]") {
    const Paths plain(false);
    CHECK(plain.kind("/echo/a") == Kind::file);
    CHECK(plain.kind("/files/a") == Kind::file);
    CHECK(plain.resources->find("/files/a").path == "/files/a");
    CHECK(plain.kind("/healthz") == Kind::file);
    CHECK(plain.resources->shadowed_endpoints().empty());
    CHECK(plain.kind("/.godwit/style.css") == Kind::page_asset);
    const Paths reading(true, {}, "");
    CHECK(reading.kind("/database.txt") == Kind::file);
    CHECK(reading.kind(std::string(uploads::kUploadsPath) + "anything") == Kind::hidden);
}

TEST_CASE("resources: the pages of signing in are there where browsers sign in, and hidden elsewhere",
          "[site][resources]") {
    Paths paths;
    CHECK(paths.kind("/.godwit/sign-in") == Kind::hidden);
    paths.has_sign_in_page = true;
    paths.look();
    CHECK(paths.kind("/.godwit/sign-in") == Kind::sign_in);
    CHECK(paths.kind("/.godwit/sign-out") == Kind::sign_out);
    for (const char* other : {"/.godwit/sign-in/", "/.godwit/sign-in2", "/.godwit/", "/a/.godwit/sign-in"}) {
        CHECK(paths.kind(other) == Kind::hidden);
    }
}
