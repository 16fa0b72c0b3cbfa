// curl as people use it. Skipped with a message where curl is not installed.
#include "e2e/site.h"

using e2e::Site;
using support::run_command;

namespace {

bool curl_is_missing() {
    static const bool missing = run_command({"curl", "--version"}).status != 0;
    if (missing) WARN("curl is not installed");
    return missing;
}

/// Runs curl quietly against `path` of the site; fails on anything that takes longer than 20 s.
support::Finished curl(const Site& site, const std::string& path, std::vector<std::string> words = {}) {
    std::vector<std::string> all{"curl", "-sS", "--max-time", "20", "--noproxy", "*"};
    all.insert(all.end(), words.begin(), words.end());
    all.push_back("http://127.0.0.1:" + std::to_string(site.server.port()) + path);
    return run_command(all);
}

}  // namespace

TEST_CASE("curl: reads a file, its head and a part of it", "[e2e][curl]") {
    if (curl_is_missing()) return;
    Site site;
    CHECK(curl(site, "/hello.txt").output == "hello, world\n");
    CHECK(curl(site, "/hello.txt", {"-I"}).output.starts_with("HTTP/1.1 200 OK\r\n"));
    CHECK(curl(site, "/hello.txt", {"-r", "0-4"}).output == "hello");
    CHECK(curl(site, "/docs", {"-L"}).output == "<p>docs</p>\n");
    CHECK(curl(site, "/hello.txt", {"--http1.0"}).output == "hello, world\n");
    CHECK(curl(site, "/nothing", {"-f"}).status == 22);
}

TEST_CASE("curl: uploads with -T, from a pipe and with a form's data", "[e2e][curl]") {
    if (curl_is_missing()) return;
    Site site;
    const support::TempDir local;
    const std::string body = support::noise(2'000'000, 3);
    local.write("file", body);
    // curl asks with Expect: 100-continue above a mebibyte.
    CHECK(curl(site, "/up", {"-T", local.at("file"), "-w", "%{http_code}"}).output == "201");
    CHECK((site.files.read("up") == body));
    CHECK(curl(site, "/chunked", {"-T", local.at("file"), "-H", "Transfer-Encoding: chunked", "-w", "%{http_code}"})
              .output == "201");
    CHECK((site.files.read("chunked") == body));
    CHECK(curl(site, "/files/posted", {"--data-binary", "@" + local.at("file"), "-w", "%{http_code}"}).output == "201");
    CHECK((site.files.read("posted") == body));
    CHECK(curl(site, "/up", {"-X", "DELETE", "-w", "%{http_code}"}).output == "204");
}

TEST_CASE("curl: a record from its form to its end, in a file that people can read", "[e2e][curl]") {
    if (curl_is_missing()) return;
    Site site;
    const auto on_disk = [&] { return site.files.read("database.txt"); };
    CHECK(curl(site, "/database.txt", {"-d", "name=Ada", "--data-urlencode", "note=50% & more"}).output ==
          "id=1&name=Ada&note=50%25+%26+more\n");
    CHECK(curl(site, "/database.txt", {"-d", "id=7&name=Grace", "-o", "/dev/null", "-w", "%{http_code}"}).output ==
          "201");
    CHECK(on_disk() == "id=1&name=Ada&note=50%25+%26+more\nid=7&name=Grace\n");
    CHECK(curl(site, "/database.txt/7").output == "id=7&name=Grace\n");
    CHECK(curl(site, "/database.txt/7", {"-X", "PUT", "-d", "name=Grace Hopper", "-w", "%{http_code}"}).output ==
          "204");
    CHECK(on_disk() == "id=1&name=Ada&note=50%25+%26+more\nid=7&name=Grace+Hopper\n");
    CHECK(curl(site, "/database.txt/7", {"-X", "DELETE", "-w", "%{http_code}"}).output == "204");
    CHECK(on_disk() == "id=1&name=Ada&note=50%25+%26+more\n");
    CHECK(curl(site, "/database.txt/7", {"-X", "DELETE", "-o", "/dev/null", "-w", "%{http_code}"}).output == "404");
    CHECK(curl(site, "/database.txt").output == on_disk());
}

TEST_CASE("curl: a refused upload shows its status", "[e2e][curl]") {
    if (curl_is_missing()) return;
    Site site({"--allow-upload", "--max-body", "1M"});
    const support::TempDir local;
    local.write("file", std::string(4'000'000, 'x'));
    CHECK(curl(site, "/up", {"-T", local.at("file"), "-o", "/dev/null", "-w", "%{http_code}"}).output == "413");
    CHECK(
        curl(site, "/up", {"-T", local.at("file"), "-H", "Expect:", "-o", "/dev/null", "-w", "%{http_code}"}).output ==
        "413");
}

TEST_CASE("curl: decodes what it asked to be compressed", "[e2e][curl]") {
    if (curl_is_missing()) return;
    Site site;
    std::string page;
    for (int i = 0; i < 20'000; ++i) page += "line " + std::to_string(i) + " of a text that compresses\n";
    site.files.write("page.txt", page);
    for (int i = 0; i < 3; ++i) {
        CHECK((curl(site, "/page.txt", {"--compressed"}).output == page));
        CHECK((curl(site, "/page.txt", {"-H", "Accept-Encoding: deflate", "--compressed"}).output == page));
    }
}

TEST_CASE("curl: resumes a download", "[e2e][curl]") {
    if (curl_is_missing()) return;
    Site site;
    const support::TempDir local;
    local.write("big.bin", support::noise(3'000'000).substr(0, 1'234'567));
    CHECK(curl(site, "/big.bin", {"-C", "-", "-o", local.at("big.bin")}).status == 0);
    CHECK((local.read("big.bin") == support::noise(3'000'000)));
}

TEST_CASE("curl: several files over one connection", "[e2e][curl]") {
    if (curl_is_missing()) return;
    Site site;
    const std::string base = "http://127.0.0.1:" + std::to_string(site.server.port());
    const support::Finished finished = run_command(
        {"curl", "-sS", "-w", "%{num_connects}\n", base + "/hello.txt", base + "/docs/", base + "/list/a.txt"});
    CHECK(finished.output == "hello, world\n1\n<p>docs</p>\n0\na\n0\n");
}
