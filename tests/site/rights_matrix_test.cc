// Each set of rights against each way in: what the site does, and what a model says that knows no code of the site.
#include <array>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "access_control/grants.h"
#include "access_control/tokens.h"
#include "support/catch.h"
#include "support/granting.h"
#include "support/write_answers.h"

namespace {

using handler::Right;
using handler::Rights;
using support::AnsweringSite;

constexpr std::array kRights = {Right::read, Right::list, Right::create, Right::replace, Right::remove, Right::share};
constexpr unsigned kSets = 1U << kRights.size();

Rights rights_of(unsigned bits) {
    Rights rights;
    for (std::size_t i = 0; i < kRights.size(); ++i) {
        if ((bits >> i & 1U) != 0) rights.add(kRights.at(i));
    }
    return rights;
}

std::shared_ptr<const http::User> user(std::string_view name) {
    return std::make_shared<const http::User>(http::User{std::string(name), {}});
}

/// alice has `rights` in /d, and all but `share` in /e; nobody else has any.
site::SiteConfig rules_with(Rights rights) {
    auto config = support::granting(
        {"/ * none", "/d alice " + access_control::rights_text(rights), "/e alice read list write delete"});
    config.records_path.clear();
    config.allow_share = true;
    config.signs_in = true;
    return config;
}

/// One cell: what is asked, and whether the model says that it succeeds.
struct Cell {
    std::string_view method;
    std::string_view target;
    std::string_view fields;
    std::string_view body;
    bool (*may)(Rights);
};

bool may_read(Rights rights) { return rights.has(Right::read); }
bool may_list(Rights rights) { return rights.has(Right::list); }
bool may_add(Rights rights) { return rights.has(Right::create); }
/// Whoever may add but not see gets another name, and the old file stays.
bool may_put_over(Rights rights) { return rights.has(Right::replace) || rights.only_adds(); }
bool may_replace(Rights rights) { return rights.has(Right::replace); }
bool may_make(Rights rights) { return rights.has(Right::create) && !rights.only_adds(); }
bool may_remove(Rights rights) { return rights.has(Right::remove); }
bool may_take_away(Rights rights) { return rights.has(Right::remove) && rights.has(Right::read); }
/// The forms of a page are for who may change something in its folder.
bool may_copy_by_form(Rights rights) {
    return rights.has(Right::read) && rights.has_any_of(Rights(Right::create, Right::remove, Right::share));
}
bool may_share_file(Rights rights) { return rights.has(Right::share) && rights.has(Right::read); }
bool may_share_folder(Rights rights) {
    return rights.has(Right::share) && rights.has_any_of(Rights(Right::read, Right::list));
}
bool may_share_dropping(Rights rights) { return rights.has(Right::share) && rights.has(Right::create); }

constexpr std::string_view kForm = "Content-Type: application/x-www-form-urlencoded\r\n";
constexpr std::string_view kFiles = "Content-Type: multipart/form-data; boundary=b\r\n";
constexpr std::string_view kResumable = "Upload-Complete: ?1\r\nUpload-Draft-Interop-Version: 8\r\n";

constexpr auto kCells = std::to_array<Cell>({
    {"GET", "/d/old.txt", "", "", may_read},
    {"HEAD", "/d/old.txt", "", "", may_read},
    {"GET", "/files/d/old.txt", "", "", may_read},
    {"GET", "/d/%6Fld.txt", "", "", may_read},
    {"GET", "/d/../d/old.txt", "", "", may_read},
    {"GET", "/d/./old.txt", "", "", may_read},
    {"GET", "/d/old.txt?download", "", "", may_read},
    {"GET", "/d/old.txt", "Range: bytes=0-1\r\n", "", may_read},
    {"GET", "/d/old.txt", "If-None-Match: \"x\"\r\n", "", may_read},
    {"GET", "/d/old.txt", "Want-Repr-Digest: sha-256=1\r\n", "", may_read},
    {"GET", "/d/old.txt", "Accept-Encoding: gzip\r\n", "", may_read},
    {"GET", "/d/", "Accept: application/json\r\n", "", may_list},
    {"HEAD", "/d/", "Accept: application/json\r\n", "", may_list},
    {"GET", "/files/d/", "Accept: text/plain\r\n", "", may_list},
    {"GET", "/d/?format=text", "", "", may_list},
    {"GET", "/d/?search=old", "Accept: application/json\r\n", "", may_list},
    {"GET", "/d/?archive=zip", "", "", may_list},
    {"GET", "/d/?archive=tar", "", "", may_list},
    {"PUT", "/d/new.txt", "", "new", may_add},
    {"PUT", "/files/d/new.txt", "", "new", may_add},
    {"PUT", "/d/%6Eew.txt", "", "new", may_add},
    {"PUT", "/d/old.txt", "", "new", may_put_over},
    {"PUT", "/d/sub/new.txt", "", "new", may_make},
    {"PUT", "/d/new.txt", kResumable, "new", may_add},
    {"POST", "/d/", "Content-Disposition: attachment; filename=\"new.txt\"\r\n", "new", may_add},
    {"POST", "/d/", kFiles,
     "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"new.txt\"\r\n\r\nnew\r\n--b--\r\n", may_add},
    {"MKCOL", "/d/sub/", "", "", may_make},
    {"POST", "/d/?mkcol", kForm, "name=sub", may_make},
    {"DELETE", "/d/old.txt", "", "", may_remove},
    {"DELETE", "/files/d/old.txt", "", "", may_remove},
    {"POST", "/d/?delete", kForm, "segment=old.txt", may_remove},
    {"MOVE", "/d/old.txt", "Destination: /e/new.txt\r\n", "", may_take_away},
    {"MOVE", "/files/d/old.txt", "Destination: /files/e/new.txt\r\n", "", may_take_away},
    {"POST", "/d/?move", kForm, "segment=old.txt&to=/e/new.txt", may_take_away},
    {"MOVE", "/e/there.txt", "Destination: /d/new.txt\r\n", "", may_make},
    {"MOVE", "/e/there.txt", "Destination: /d/old.txt\r\n", "", may_replace},
    {"POST", "/e/?move", kForm, "segment=there.txt&to=/d/new.txt", may_make},
    {"COPY", "/d/old.txt", "Destination: /e/new.txt\r\n", "", may_read},
    {"POST", "/d/?copy", kForm, "segment=old.txt&to=/e/new.txt", may_copy_by_form},
    {"COPY", "/e/there.txt", "Destination: /d/new.txt\r\n", "", may_make},
    {"COPY", "/e/there.txt", "Destination: /d/%6Eew.txt\r\n", "", may_make},
    {"COPY", "/e/there.txt", "Destination: /d/old.txt\r\n", "", may_replace},
    {"POST", "/d/old.txt?share", "", "", may_share_file},
    {"POST", "/d/?share", "", "", may_share_folder},
    {"POST", "/d/?share", kForm, "for=dropping", may_share_dropping},
});

/// What is not hidden.
std::vector<std::string> names_in(const AnsweringSite& site, std::string_view directory) {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(site.directory.at(std::string(directory)))) {
        if (const std::string name = entry.path().filename(); !name.starts_with('.')) names.push_back(name);
    }
    return names;
}

void fill(const AnsweringSite& site) {
    site.directory.write("d/old.txt", "old");
    site.directory.write("e/there.txt", "there");
}

void check_untouched(const AnsweringSite& site) {
    CHECK(site.directory.read("d/old.txt") == "old");
    CHECK(site.directory.read("e/there.txt") == "there");
    CHECK(names_in(site, "d") == std::vector<std::string>{"old.txt"});
    CHECK(names_in(site, "e") == std::vector<std::string>{"there.txt"});
}

support::Answer ask(AnsweringSite& site, const Cell& cell) {
    if (cell.body.empty()) return site.ask(cell.method, cell.target, cell.fields);
    return site.upload(cell.method, cell.target, cell.body, cell.fields);
}

/// All that a client could compare.
std::string told(const support::Answer& answer) {
    std::string text = std::to_string(answer.status());
    for (const http::FieldView field : answer.response.prepared.fields) text.append(field.name).append(field.value);
    for (const http::FieldView field : answer.response.fields) text.append(field.name).append(field.value);
    return text.append(answer.body());
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

constexpr std::string_view kHtml = "Accept: text/html\r\n";

}  // namespace

TEST_CASE("rights matrix: each right opens what it names, by every way in, and nothing else", "[site][access]") {
    for (unsigned bits = 0; bits < kSets; ++bits) {
        const Rights rights = rights_of(bits);
        for (const Cell& cell : kCells) {
            if (has(std::string(cell.target), "?share") && !access_control::has_tokens()) continue;
            AnsweringSite site(rules_with(rights));
            fill(site);
            INFO(access_control::rights_text(rights)
                 << ": " << cell.method << " " << cell.target << " " << cell.fields << cell.body);
            // Nobody else gets anything.
            CHECK(ask(site, cell).status() == 401);
            site.user = user("bob");
            CHECK(ask(site, cell).status() == 403);
            check_untouched(site);
            site.user = user("alice");
            const int status = ask(site, cell).status();
            CHECK((status < 400) == cell.may(rights));
            if (status < 400) continue;
            CHECK(status == 403);
            check_untouched(site);
        }
    }
}

TEST_CASE("rights matrix: Allow names the methods that some right opens", "[site][access]") {
    for (unsigned bits = 0; bits < kSets; ++bits) {
        const Rights rights = rights_of(bits);
        AnsweringSite site(rules_with(rights));
        fill(site);
        site.user = user("alice");
        INFO(access_control::rights_text(rights));
        const auto check_allow = [&](std::string_view target, std::string_view method, bool is_open) {
            const auto answer = site.ask("OPTIONS", target);
            INFO(target << " " << method << ": " << answer.field("Allow"));
            CHECK(answer.status() == 204);
            CHECK(has(", " + answer.field("Allow") + ",", " " + std::string(method) + ",") == is_open);
        };
        const auto any = [&](auto... each) { return rights.has_any_of(Rights(each...)); };
        for (const std::string_view target : {"/d/old.txt", "/files/d/old.txt"}) {
            check_allow(target, "GET", any(Right::read));
            check_allow(target, "HEAD", any(Right::read));
            check_allow(target, "PUT", any(Right::create, Right::replace));
            check_allow(target, "POST", any(Right::create, Right::replace, Right::share));
            check_allow(target, "DELETE", any(Right::remove));
            check_allow(target, "COPY", any(Right::read));
            check_allow(target, "MOVE", may_take_away(rights));
            check_allow(target, "MKCOL", false);
        }
        check_allow("/d/", "GET", any(Right::read, Right::list, Right::create));
        check_allow("/d/", "POST", any(Right::create, Right::remove, Right::share));
        check_allow("/d/", "DELETE", any(Right::remove));
        check_allow("/d/absent/", "MKCOL", may_make(rights));
    }
}

TEST_CASE("rights matrix: a refusal tells not whether something is there, to people and to programs",
          "[site][access]") {
    for (unsigned bits = 0; bits < kSets; ++bits) {
        const Rights rights = rights_of(bits);
        AnsweringSite site(rules_with(rights));
        fill(site);
        site.directory.write("d/sub/x", "x");
        site.user = user("alice");
        INFO(access_control::rights_text(rights));
        const auto check_alike = [&](std::string_view method, const std::string& fields) {
            INFO(method << " " << fields);
            CHECK(told(site.ask(method, "/d/old.txt", fields)) == told(site.ask(method, "/d/no.txt", fields)));
            CHECK(told(site.ask(method, "/d/sub/", fields)) == told(site.ask(method, "/d/no/", fields)));
        };
        for (const std::string& accept : {std::string(), std::string(kHtml)}) {
            if (!rights.has_any_of(Rights(Right::read, Right::list, Right::create))) {
                for (const char* const method : {"GET", "HEAD"}) check_alike(method, accept);
            }
            if (!rights.has(Right::read)) {
                CHECK(told(site.ask("GET", "/d/old.txt", accept)) == told(site.ask("GET", "/d/no.txt", accept)));
                check_alike("COPY", accept + "Destination: /e/new.txt\r\n");
            }
            if (!rights.has(Right::remove)) {
                check_alike("DELETE", accept);
                check_alike("MOVE", accept + "Destination: /e/new.txt\r\n");
            }
        }
    }
}

TEST_CASE("rights matrix: the page of a folder offers what its visitor may do", "[site][access]") {
    for (unsigned bits = 0; bits < kSets; ++bits) {
        const Rights rights = rights_of(bits);
        AnsweringSite site(rules_with(rights));
        fill(site);
        site.user = user("alice");
        INFO(access_control::rights_text(rights));
        const auto page = site.ask("GET", "/d/", kHtml);
        REQUIRE((page.status() == 200) == (rights.has(Right::list) || rights.only_adds()));
        if (page.status() != 200) continue;
        const std::string html = page.body();
        const bool lists = rights.has(Right::list);
        CHECK(has(html, "old.txt") == lists);
        CHECK(has(html, "id=\"upload\"") == rights.has(Right::create));
        CHECK(has(html, "id=\"mkcol\"") == may_make(rights));
        CHECK(has(html, "action=\"./?delete\"") == (lists && rights.has(Right::remove)));
        CHECK(has(html, "action=\"./?move\"") == (lists && rights.has(Right::remove) && rights.has(Right::create)));
        CHECK(has(html, "old.txt?share\"") == (lists && rights.has(Right::share)));
        CHECK(has(html, "value=\"dropping\"") == may_share_dropping(rights));
        CHECK(has(html, "archive") == lists);
        CHECK(has(html, "role=\"search\"") == lists);
    }
}
