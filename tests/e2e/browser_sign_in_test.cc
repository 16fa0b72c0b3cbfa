// Signing in by browser, over real sockets: the page in place of a 401, the form, the cookie, and its ends.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <vector>

#include "e2e/site.h"

namespace {

using support::ClientResponse;

const std::string kPage = "Accept: text/html,application/xhtml+xml,*/*;q=0.8";
const std::string kForm = "Content-Type: application/x-www-form-urlencoded";

/// False, with a warning, where this build cannot check passwords.
bool signs_in_by_page() {
    static const bool does =
        support::run_command({"sh", "-c", "echo pw | " + support::godwit_program() + " passwd \"$(mktemp -u)\" alice"})
            .status == 0;
    if (!does) WARN("this build has no libxcrypt");
    return does;
}

/// Users by password, and what anybody reads but /docs, which is alice's.
struct Users {
    Users() {
        set("alice", "pw");
        set("bob", "other");
    }
    void set(const std::string& name, const std::string& password) const {
        const std::string command =
            "printf '%s\\n' '" + password + "' | " + support::godwit_program() + " passwd " + path;
        REQUIRE(support::run_command({"sh", "-c", command + " " + name}).status == 0);
    }
    [[nodiscard]] std::vector<std::string> options(const std::vector<std::string>& more = {}) const {
        std::vector<std::string> words{"--users", path,
                                       "--grant", "/ * read list",
                                       "--grant", "/docs alice read list",
                                       "--grant", "/list alice read list write delete",
                                       "--index", "front.html"};
        words.insert(words.end(), more.begin(), more.end());
        return words;
    }
    support::TempDir folder;
    std::string path = folder.at("users");
};

ClientResponse sign_in(const e2e::Site& site, const std::string& body, const std::vector<std::string>& more = {}) {
    std::vector<std::string> fields{kPage, kForm};
    fields.insert(fields.end(), more.begin(), more.end());
    return site.fetch("POST", "/.godwit/sign-in", fields, body);
}

/// "Cookie: NAME=VALUE" out of Set-Cookie.
std::string cookie_of(const ClientResponse& response) {
    const std::string value = response.value("Set-Cookie");
    return "Cookie: " + value.substr(0, value.find(';'));
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("browser sign-in e2e: a browser gets the page in place of a window, a program the challenge",
          "[e2e][access]") {
    if (!signs_in_by_page()) return;
    const Users users;
    const e2e::Site site(users.options());
    const auto page = site.fetch("GET", "/docs/?sort=size", {kPage});
    CHECK(page.status == 401);
    CHECK(page.value("WWW-Authenticate").starts_with("Bearer"));
    CHECK(page.count("WWW-Authenticate") == 1);
    CHECK(has(page.body, "value=\"/docs/?sort=size\""));
    CHECK(has(page.value("Cache-Control"), "no-store"));
    CHECK(site.fetch("GET", "/docs/").count("WWW-Authenticate") == 2);
    CHECK(site.fetch("GET", "/.godwit/style.css").status == 200);
    CHECK(site.fetch("GET", "/.godwit/sign-out", {kPage}).status == 405);
}

TEST_CASE("browser sign-in e2e: in by the form, back to the path, out by the button", "[e2e][access]") {
    if (!signs_in_by_page()) return;
    const Users users;
    const std::string log = users.folder.at("access");
    const e2e::Site site(users.options({"--access-log", log, "--log-format", "extended"}));
    const auto in = sign_in(site, "name=alice&password=pw&to=%2Fdocs%2F");
    REQUIRE(in.status == 303);
    CHECK(in.value("Location") == "/docs/");
    CHECK(has(in.value("Set-Cookie"), "; HttpOnly; SameSite=Strict"));
    CHECK_FALSE(has(in.value("Set-Cookie"), "Secure"));
    const std::string cookie = cookie_of(in);
    const auto docs = site.fetch("GET", "/docs/index.html", {kPage, cookie});
    CHECK(docs.status == 200);
    CHECK(docs.value("Cache-Control").starts_with("private"));
    CHECK(has(docs.value("Vary"), "Cookie"));
    const auto listing = site.fetch("GET", "/list/", {kPage, cookie});
    CHECK(has(listing.body, "Signed in as <bdi>alice</bdi>"));
    CHECK(has(listing.body, "action=\"/.godwit/sign-out\""));
    CHECK(has(site.fetch("GET", "/", {kPage}).body, "<button>Sign in</button>"));
    CHECK(site.fetch("GET", "/", {kPage}).value("Cache-Control").starts_with("private"));
    CHECK(site.fetch("PUT", "/list/new", {cookie}, "x").status == 201);
    const auto out = site.fetch("POST", "/.godwit/sign-out", {kPage, kForm, cookie}, "to=%2Flist%2F");
    CHECK(out.status == 303);
    CHECK(out.value("Location") == "/list/");
    CHECK(has(out.value("Set-Cookie"), "Max-Age=0"));
    // A copy of the cookie ended, too.
    const auto after = site.fetch("GET", "/docs/index.html", {cookie});
    CHECK(after.status == 401);
    CHECK(has(after.value("Set-Cookie"), "Max-Age=0"));
    site.fetch("GET", "/.godwit/sign-in?name=alice&password=hunter2");
    REQUIRE(support::eventually([&] { return has(support::read_file(log), "password=~"); }));
    const std::string text = support::read_file(log);
    CHECK(has(text, "alice"));
    for (const std::string& secret : {std::string("hunter2"), cookie.substr(cookie.find('=') + 1)}) {
        CHECK_FALSE(has(text, secret));
        CHECK_FALSE(has(site.server.error_text(), secret));
    }
}

TEST_CASE("browser sign-in e2e: who guesses by the form is refused, slowed down, and in the error log",
          "[e2e][access]") {
    if (!signs_in_by_page()) return;
    const Users users;
    const e2e::Site site(users.options());
    for (const char* name : {"alice", "nobody", "alice", "nobody", "alice"}) {
        const auto wrong = sign_in(site, "password=wrong&name=" + std::string(name));
        CHECK(wrong.status == 401);
        CHECK_FALSE(wrong.has("Set-Cookie"));
    }
    const auto slowed = sign_in(site, "name=alice&password=pw");
    CHECK(slowed.status == 429);
    CHECK(slowed.has("Retry-After"));
    CHECK(support::eventually([&] { return has(site.server.error_text(), "refused: 127.0.0.1: sign-in failed"); }));
}

TEST_CASE("browser sign-in e2e: a cookie is no licence for pages of other sites", "[e2e][access]") {
    if (!signs_in_by_page()) return;
    const Users users;
    const e2e::Site site(users.options({"--cors", "http://app.example"}));
    const std::string cookie = cookie_of(sign_in(site, "name=alice&password=pw"));
    const std::string own = "Origin: http://test";
    CHECK(site.fetch("PUT", "/list/own", {cookie, own}, "x").status == 201);
    CHECK(site.fetch("PUT", "/list/tls", {cookie, "Origin: https://evil"}, "x").status == 403);
    // A site that --cors allows acts as anybody, not as the user who signed in.
    CHECK(site.fetch("PUT", "/list/cors", {cookie, "Origin: http://app.example"}, "x").status == 401);
    CHECK(site.fetch("PUT", "/list/own", {cookie, "Sec-Fetch-Site: same-site"}, "x").status == 403);
    CHECK(sign_in(site, "name=alice&password=pw", {"Origin: http://app.example"}).status == 403);
    CHECK(sign_in(site, "name=alice&password=pw", {own}).status == 303);
}

TEST_CASE("browser sign-in e2e: forged, doubled, and oversized cookies are those of nobody", "[e2e][access]") {
    if (!signs_in_by_page()) return;
    const Users users;
    const e2e::Site site(users.options());
    const std::string cookie = cookie_of(sign_in(site, "name=alice&password=pw"));
    const std::string pair = cookie.substr(8);
    const std::string name = pair.substr(0, pair.find('='));
    CHECK(site.fetch("GET", "/docs/index.html", {cookie}).status == 200);
    CHECK(site.fetch("GET", "/docs/index.html", {"Cookie: a=b; " + pair + "; c"}).status == 200);
    for (const std::string& bad :
         {name + "=", name + "=x", pair + "0", pair.substr(0, pair.size() - 1), pair + "; " + pair,
          name + "=" + std::string(5'000, '.'), "godwit-81" + pair.substr(pair.find('='))}) {
        INFO(bad.substr(0, 400));
        CHECK(site.fetch("GET", "/docs/index.html", {"Cookie: " + bad}).status == 401);
        CHECK(site.fetch("GET", "/hello.txt", {"Cookie: " + bad}).status == 200);
    }
    CHECK(site.fetch("GET", "/docs/index.html", {cookie, "Cookie: a=b"}).status == 401);
    CHECK(site.fetch("GET", "/hello.txt", {"Cookie: " + std::string(100'000, 'a')}).status == 431);
    const e2e::Site other(users.options());
    CHECK(other.fetch("GET", "/docs/index.html", {cookie}).status == 401);
}

TEST_CASE("browser sign-in e2e: a new password ends what the old one began", "[e2e][access]") {
    if (!signs_in_by_page()) return;
    const Users users;
    const e2e::Site site(users.options());
    const std::string alice = cookie_of(sign_in(site, "name=alice&password=pw"));
    const std::string bob = cookie_of(sign_in(site, "name=bob&password=other"));
    CHECK(site.fetch("GET", "/docs/index.html", {alice}).status == 200);
    const auto refused = site.fetch("GET", "/docs/index.html", {bob, kPage});
    CHECK(refused.status == 403);
    CHECK(has(refused.body, "bob"));
    CHECK(has(refused.body, "Sign out"));
    users.set("alice", "pw");
    CHECK(support::eventually([&] { return has(site.server.error_text(), "read again"); }));
    CHECK(site.fetch("GET", "/docs/index.html", {alice}).status == 401);
    CHECK(site.fetch("GET", "/docs/index.html", {bob}).status == 403);
}

TEST_CASE("browser sign-in e2e: an upload that was begun signed in goes on after signing in again", "[e2e][access]") {
    if (!signs_in_by_page()) return;
    const Users users;
    const e2e::Site site(users.options());
    const std::string draft = "Upload-Draft-Interop-Version: 8";
    const std::string cookie = cookie_of(sign_in(site, "name=alice&password=pw"));
    const auto begun = site.fetch("PUT", "/list/film", {cookie, draft, "Upload-Complete: ?0"}, "first ");
    REQUIRE(begun.status == 201);
    const std::string location = begun.value("Location");
    const std::string address = location.substr(location.find("/.godwit"));
    site.fetch("POST", "/.godwit/sign-out", {kPage, cookie});
    const auto append = [&](const std::string& as) {
        return site.fetch(
            "PATCH", address,
            {as, draft, "Upload-Offset: 6", "Upload-Complete: ?1", "Content-Type: application/partial-upload"},
            "second");
    };
    CHECK(append(cookie).status == 401);
    CHECK(site.fetch("HEAD", address, {cookie, draft}).status == 401);
    const std::string again = cookie_of(sign_in(site, "name=alice&password=pw"));
    CHECK(site.fetch("HEAD", address, {again, draft}).value("Upload-Offset") == "6");
    CHECK(append(again).status < 300);
    CHECK(site.fetch("GET", "/list/film", {again}).body == "first second");
}

TEST_CASE("browser sign-in e2e: the same over HTTP/2, and over TLS with a cookie that is secure", "[e2e][access]") {
    if (!signs_in_by_page()) return;
    const bool has_http2 = support::run_command({"curl", "--version"}).output.find("HTTP2") != std::string::npos;
    const bool has_tls =
        support::run_command({support::godwit_program(), "--version"}).output.find("TLS (") != std::string::npos;
    if (!has_http2 || !has_tls) return;
    const Users users;
    const e2e::Site site(users.options({"--bind", "https://127.0.0.1"}));
    const std::string url = "https://127.0.0.1:" + std::to_string(site.server.port());
    const std::string jar = users.folder.at("jar");
    const auto curl = [&](std::vector<std::string> words, const std::string& path) {
        words.insert(words.begin(), {"curl", "-sSik", "--http2", "--noproxy", "*", "-H", kPage, "-b", jar, "-c", jar});
        words.push_back(url + path);
        return support::run_command(words).output;
    };
    CHECK(curl({}, "/docs/index.html").starts_with("HTTP/2 401"));
    const std::string in = curl({"-d", "name=alice&password=pw&to=/docs/"}, "/.godwit/sign-in");
    CHECK(in.starts_with("HTTP/2 303"));
    CHECK(has(in, "__Host-godwit-"));
    CHECK(has(in, "; Secure"));
    CHECK(curl({}, "/docs/index.html").starts_with("HTTP/2 200"));
    CHECK(curl({"-d", "to=/"}, "/.godwit/sign-out").starts_with("HTTP/2 303"));
    CHECK(curl({}, "/docs/index.html").starts_with("HTTP/2 401"));
}

TEST_CASE("browser sign-in e2e: without users there is no page", "[e2e][access]") {
    const e2e::Site site({"--allow-all"});
    CHECK(site.fetch("GET", "/.godwit/sign-in", {kPage}).status == 404);
    CHECK(site.fetch("POST", "/.godwit/sign-in", {kPage, kForm}, "name=a").status == 403);
    CHECK_FALSE(has(site.fetch("GET", "/list/", {kPage}).body, "sign-in"));
}
