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
