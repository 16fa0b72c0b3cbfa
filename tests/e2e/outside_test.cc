// Links that lead out of the served directory: no answer tells whether something is behind them, and nothing looks.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "e2e/site.h"

using e2e::Site;

namespace {

/// What is outside of the root, behind the links.
enum class Outside { nothing, directory, files, fifos };

void make_entry(const std::string& path, Outside outside) {
    switch (outside) {
        case Outside::nothing: return;
        case Outside::directory: std::filesystem::create_directory(path); return;
        case Outside::files: std::ofstream(path) << "SECRET-OUTSIDE"; return;
        case Outside::fifos: REQUIRE(::mkfifo(path.c_str(), 0600) == 0); return;
    }
}

void make_links(const support::TempDir& site, const std::string& outside) {
    const auto link = [&](const std::string& target, const std::string& name) {
        std::filesystem::create_symlink(target, site.at(name));
    };
    const std::string relative = std::filesystem::relative(outside, site.path());
    link(outside, "out");
    link(relative, "relative");
    link("out", "twice");
    link(site.path() + "/out", "absolute");
    link(outside + "/x", "x");
    link(outside + "/x.html", "page.html");
    link(outside + "/x", "hello.txt.gz");
    link(outside + "/x", "docs/up");
    link(relative + "/x", "list/x");
}

std::vector<std::string> targets() {
    std::vector<std::string> all{"/x",      "/x/",        "/page",         "/page.html",
                                 "/page/",  "/hello.txt", "/hello.txt.gz", "/docs/up",
                                 "/list/x", "/files/x",   "/files/out/x"};
    for (const char* const link : {"/out", "/relative", "/twice", "/absolute"}) {
        for (const char* const rest : {"", "/", "/x", "/x/", "/x/y", "/x.gz", "/index.html", "/.hidden"}) {
            all.push_back(std::string(link) + rest);
        }
    }
    return all;
}

/// The whole answer apart from what differs from one request to the next anyway.
std::string answer_text(support::ClientResponse answer) {
    std::erase_if(answer.fields, [](const auto& field) { return field.first == "Date"; });
    return answer.head_text() + answer.body;
}

struct Asked {
    std::string method;
    std::vector<std::string> fields;
    std::string query;
    std::string body;
};

const std::vector<Asked>& all_asked() {
    static const std::string type = "Content-Type: application/x-www-form-urlencoded";
    static const std::vector<Asked> asked{
        {"OPTIONS", {}, "", ""},
        {"GET", {}, "", ""},
        {"GET", {"Accept-Encoding: gzip"}, "", ""},
        {"GET", {"If-None-Match: *"}, "", ""},
        {"HEAD", {"Range: bytes=0-1"}, "", ""},
        {"GET", {"Want-Repr-Digest: sha-256=1"}, "?download", ""},
        {"PATCH", {"Content-Type: application/partial-upload", "Upload-Offset: 0"}, "", "x"},
        {"PUT", {"If-Match: \"no\""}, "", "x"},
        {"PUT", {"If-Match: *"}, "", "x"},
        {"DELETE", {"If-Match: *"}, "", ""},
        {"MKCOL", {}, "", ""},
        {"MOVE", {"Destination: /moved"}, "", ""},
        {"COPY", {"Destination: /copied"}, "", ""},
        {"POST", {type}, "?move", "name=x&to=y"},
        {"POST", {type}, "?mkcol", "name=x"},
        {"POST", {type}, "?delete", "name=x"},
        {"PUT", {"If-None-Match: *"}, "", "x"},
        {"PUT", {"Upload-Complete: ?1"}, "", "x"},
        {"PUT", {}, "", "x"},
        {"DELETE", {}, "", ""},
    };
    return asked;
}

/// Every answer of a site whose links lead to `outside`, each to a site that is as new.
std::vector<std::string> answers(Outside outside) {
    const support::TempDir beside;
    const std::string directory = beside.at("outside");
    if (outside != Outside::nothing) std::filesystem::create_directory(directory);
    for (const char* const name : {"/x", "/x.html", "/x.gz", "/index.html"}) make_entry(directory + name, outside);
    Site site({"--allow-all", "--clean-urls", "--durability", "none"});
    std::vector<std::string> found;
    for (const Asked& asked : all_asked()) {
        for (const std::string& target : targets()) {
            for (const char* const name :
                 {"out", "relative", "twice", "absolute", "x", "page.html", "hello.txt.gz", "docs/up", "list/x"}) {
                std::filesystem::remove(site.files.at(name));
            }
            make_links(site.files, directory);
            found.push_back(answer_text(site.fetch("GET", "/list/?format=text")));
            const auto answer = site.fetch(asked.method, target + asked.query, asked.fields, asked.body);
            found.push_back(asked.method + " " + target + asked.query + "\n" + answer_text(answer));
        }
    }
    return found;
}

/// What strace wrote with `-ff`: a file for each process, so that no call of one is cut in two by a call of another.
std::vector<std::string> traced_calls(const support::TempDir& traces) {
    std::vector<std::string> calls;
    for (const std::string& name : traces.list()) {
        std::istringstream lines(traces.read(name));
        for (std::string line; std::getline(lines, line);) calls.push_back(line);
    }
    return calls;
}

/// Without what names the moment or the version of a file that was just made.
std::string comparable(const std::string& text) {
    std::istringstream lines(text);
    std::string kept;
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with("ETag") && !line.starts_with("Last-Modified")) kept += line + "\n";
    }
    return kept;
}

}  // namespace

TEST_CASE("outside: every answer is the same whatever is behind a link out of the root", "[e2e][outside]") {
    const std::vector<std::string> nothing = answers(Outside::nothing);
    for (const Outside outside : {Outside::directory, Outside::files, Outside::fifos}) {
        const std::vector<std::string> found = answers(outside);
        REQUIRE(found.size() == nothing.size());
        for (std::size_t i = 0; i < found.size(); ++i) {
            CAPTURE(static_cast<int>(outside));
            CHECK(comparable(found[i]) == comparable(nothing[i]));
            CHECK(found[i].find("SECRET") == std::string::npos);
        }
    }
}

TEST_CASE("outside: only calls that the kernel keeps inside the root see a path with a link out of it",
          "[e2e][outside]") {
    if (support::run_command({"strace", "-o", "/dev/null", "true"}).status != 0) {
        WARN("strace is not installed, or may not trace here");
        return;
    }
    const support::TempDir traces;
    const support::TempDir beside;
    beside.write("x", "SECRET-OUTSIDE");
    beside.write("x.gz", "SECRET-OUTSIDE");
    Site site(support::ServerSettings{.options = {"--allow-all", "--clean-urls"},
                                      .wrapper = {"strace", "-ff", "-o", traces.at("trace"), "-e", "trace=%file,%desc"},
                                      .environment = {"ASAN_OPTIONS=detect_leaks=0"}});
    std::filesystem::create_symlink(beside.path(), site.files.at("out"));
    std::filesystem::create_symlink(beside.at("x"), site.files.at("hello.txt.gz"));
    for (const Asked& asked : all_asked()) {
        for (const char* const target : {"/out/x", "/out/x/", "/hello.txt", "/hello.txt.gz"}) {
            if (asked.method == "PUT" || asked.method == "DELETE") continue;
            if (asked.method == "MOVE" || asked.method == "COPY") continue;  // they look at a link as DELETE does
            site.fetch(asked.method, std::string(target) + asked.query, asked.fields, asked.body);
        }
    }
    site.fetch("PUT", "/out/x", {}, "x");
    site.fetch("DELETE", "/out/x");
    CHECK(site.server.stop() == 0);
    std::size_t contained = 0;
    for (const std::string& line : traced_calls(traces)) {
        const bool is_behind = line.find("\"out/") != std::string::npos;
        const bool is_link = line.find("\"hello.txt.gz\"") != std::string::npos;
        if (!is_behind && !is_link) continue;
        CAPTURE(line);
        const bool is_contained = line.starts_with("openat2(") && line.find("= -1") != std::string::npos;
        // A process that waits for the disk renames, which replaces the link itself.
        const bool is_of_the_link =
            is_link && (line.find("NOFOLLOW") != std::string::npos || line.starts_with("renameat"));
        CHECK((is_contained || is_of_the_link));
        if (is_contained) ++contained;
    }
    CHECK(contained > 0);
    CHECK(beside.read("x") == "SECRET-OUTSIDE");
}

TEST_CASE("outside: what is neither file nor directory is refused without being opened", "[e2e][outside]") {
    if (support::run_command({"strace", "-o", "/dev/null", "true"}).status != 0) return;
    const support::TempDir traces;
    Site site(support::ServerSettings{.options = {"--allow-all"},
                                      .wrapper = {"strace", "-ff", "-o", traces.at("trace"), "-e", "trace=openat2"},
                                      .environment = {"ASAN_OPTIONS=detect_leaks=0"}});
    REQUIRE(::mkfifo(site.files.at("fifo").c_str(), 0600) == 0);
    REQUIRE(::mkfifo(site.files.at("database.txt").c_str(), 0600) == 0);
    CHECK(site.fetch("GET", "/fifo").status == 403);
    site.fetch("GET", "/database.txt");
    site.fetch("POST", "/database.txt", {"Content-Type: application/json"}, "{\"a\":1}");
    CHECK(site.server.stop() == 0);
    const std::vector<std::string> calls = traced_calls(traces);
    CHECK_FALSE(calls.empty());
    for (const std::string& line : calls) {
        if (line.find("\"fifo\"") == std::string::npos && line.find("\"database.txt\"") == std::string::npos) continue;
        CAPTURE(line);
        CHECK((line.find("O_PATH") != std::string::npos || line.find("= -1") != std::string::npos));
    }
}
