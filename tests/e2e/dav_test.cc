// WebDAV over the wire.
#include "e2e/site.h"

using support::run_command;

namespace {

/// Prints the addresses in the answer to a PROPFIND, in order, and the status of each.
const std::string kRead = R"py(
import sys, urllib.request, xml.etree.ElementTree as tree
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
request = urllib.request.Request(sys.argv[1], method="PROPFIND", headers={"Depth": "1"})
with opener.open(request, timeout=20) as answer:
    assert answer.status == 207
    root = tree.fromstring(answer.read())
responses = [(each.find("{DAV:}href").text, each.find("{DAV:}propstat/{DAV:}status").text) for each in root]
if len(responses) < 10:
    for href, status in sorted(responses):
        print(href, status)
else:
    print(len(responses), len(set(responses)))
)py";

std::string found(const e2e::Site& site, const std::string& path) {
    return run_command({"python3", "-c", kRead, "http://127.0.0.1:" + std::to_string(site.server.port()) + path})
        .output;
}

}  // namespace

TEST_CASE("WebDAV: a folder's entries are XML that python reads, a few or thousands of them", "[e2e][dav]") {
    e2e::Site site({"--dav"});
    if (run_command({"python3", "--version"}).status != 0) return;
    site.files.write("few/<&\".txt", "x");
    site.files.write("few/\xFF\x01", "x");
    site.files.write("few/index.html", "x");
    CHECK(found(site, "/few/") ==
          "/few/ HTTP/1.1 200 OK\n/few/%3C&%22.txt HTTP/1.1 200 OK\n/few/%FF%01 HTTP/1.1 200 OK\n"
          "/few/index.html HTTP/1.1 200 OK\n");
    for (int number = 0; number < 3000; ++number) site.files.write("many/" + std::to_string(number), "");
    CHECK(found(site, "/many") == "3001 3001\n");
}

namespace {

constexpr const char* kLockInfo =
    "<?xml version=\"1.0\" encoding=\"utf-8\" ?><D:lockinfo xmlns:D=\"DAV:\"><D:lockscope><D:exclusive/></D:lockscope>"
    "<D:locktype><D:write/></D:locktype><D:owner><D:href>me</D:href></D:owner></D:lockinfo>";

std::string token_of(const support::ClientResponse& response) { return std::string(response.value("Lock-Token")); }

}  // namespace

TEST_CASE("WebDAV: what Finder sends to store a file", "[e2e][dav][lock]") {
    const e2e::Site site({"--dav", "--allow-all"});
    CHECK(site.fetch("OPTIONS", "/").value("DAV") == "1, 2");
    CHECK(site.fetch("PUT", "/new.txt", {"Content-Length: 0"}).status == 201);
    const auto locked = site.fetch("LOCK", "/new.txt",
                                   {"Timeout: Second-600", "Depth: 0", "Content-Type: text/xml; charset=\"utf-8\"",
                                    "Content-Length: " + std::to_string(std::string_view(kLockInfo).size())},
                                   kLockInfo);
    REQUIRE(locked.status == 200);
    const std::string condition = "If: (" + token_of(locked) + ")";
    CHECK(site.fetch("PUT", "/new.txt", {"Content-Length: 1"}, "x").status == 423);
    CHECK(site.fetch("PUT", "/new.txt", {condition, "X-Expected-Entity-Length: 5", "Transfer-Encoding: chunked"},
                     "5\r\nhello\r\n0\r\n\r\n")
              .status == 204);
    CHECK(site.files.read("new.txt") == "hello");
    CHECK(site.fetch("UNLOCK", "/new.txt", {"Lock-Token: " + token_of(locked)}).status == 204);
}

TEST_CASE("WebDAV: what Windows sends to store a file", "[e2e][dav][lock]") {
    const e2e::Site site({"--dav", "--allow-all"});
    const auto locked = site.fetch("LOCK", "/new.txt",
                                   {"Timeout: Infinite, Second-4100000000",
                                    "Content-Length: " + std::to_string(std::string_view(kLockInfo).size())},
                                   kLockInfo);
    REQUIRE(locked.status == 201);
    CHECK(locked.body.find("<D:depth>infinity</D:depth>") != std::string::npos);
    CHECK(locked.body.find("<D:timeout>Second-3") != std::string::npos);
    const std::string condition = "If: (" + token_of(locked) + ")";
    const std::string patch =
        "<D:propertyupdate xmlns:D=\"DAV:\" xmlns:Z=\"urn:schemas-microsoft-com:\"><D:set><D:prop>"
        "<Z:Win32FileAttributes>00000020</Z:Win32FileAttributes></D:prop></D:set></D:propertyupdate>";
    CHECK(site.fetch("PUT", "/new.txt", {condition, "Content-Length: 3"}, "new").status == 204);
    CHECK(site.fetch("PROPPATCH", "/new.txt", {condition, "Content-Length: " + std::to_string(patch.size())}, patch)
              .status == 207);
    CHECK(site.fetch("LOCK", "/new.txt", {condition, "Timeout: Second-3600"}).status == 200);
    CHECK(site.fetch("UNLOCK", "/new.txt", {"Lock-Token: " + token_of(locked)}).status == 204);
}
