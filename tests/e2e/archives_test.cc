// Folders as archives, over the wire, read by python's own modules.
#include "e2e/site.h"

using support::run_command;

namespace {

/// Writes kind, name and content of each entry, and the comment; fails when a checksum is wrong.
const std::string kRead = R"py(
import io, sys, tarfile, urllib.request, zipfile
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
load = lambda form: opener.open(sys.argv[1] + "?archive=" + form, timeout=20).read()
archive = zipfile.ZipFile(io.BytesIO(load("zip")))
assert archive.testzip() is None
zipped = [(each.filename, b"" if each.is_dir() else archive.read(each)) for each in archive.infolist()]
for form in ("tar", "tar.gz"):
    with tarfile.open(fileobj=io.BytesIO(load(form)), mode="r:gz" if form == "tar.gz" else "r:") as tar:
        read = lambda each: tar.extractfile(each).read() if each.isfile() else b""
        tarred = [(each.name + "/" * each.isdir(), read(each)) for each in tar]
    assert tarred == zipped, (form, tarred, zipped)
for name, content in zipped:
    print(ascii(name if len(name) < 100 else len(name)), len(content))
print(archive.comment.decode(), end="")
)py";

}  // namespace

TEST_CASE("archives: zip, tar and tar.gz hold what the listings show, and python reads them", "[e2e][archives]") {
    if (run_command({"python3", "--version"}).status != 0) {
        WARN("python3 is not installed");
        return;
    }
    e2e::Site site;
    site.files.make_directory("box");
    site.files.make_directory("box/empty");
    site.files.write("box/a.txt", "a\n");
    site.files.write("box/zero", "");
    site.files.write("box/sub/big", support::noise(300'000));
    site.files.write(
        "box/gr\xC3\xBC\xC3\x9F"
        "e.txt",
        "x");
    site.files.write("box/" + std::string(250, 'n'), "long");
    site.files.write("box/.hidden", "x");
    site.files.write("box/web/index.html", "x");
    site.files.write("box/web/secret", "x");
    const auto read =
        run_command({"python3", "-c", kRead, "http://127.0.0.1:" + std::to_string(site.server.port()) + "/box/"});
    CHECK(read.status == 0);
    CHECK(read.output ==
          "'a.txt' 2\n'empty/' 0\n'gr\\xfc\\xdfe.txt' 1\n250 4\n'sub/' 0\n'sub/big' 300000\n'zero' 0\n"
          "Left out, because they are not listed here, may not be read, are too deep, or lead around in a "
          "circle:\nweb/\n");
}

TEST_CASE("archives: asked for where listings are, and nowhere else", "[e2e][archives]") {
    const e2e::Site site;
    CHECK(site.fetch("HEAD", "/list/?archive=zip").status == 200);
    CHECK(site.fetch("GET", "/list/?archive=rar").status == 400);
    CHECK(site.fetch("GET", "/hello.txt?archive=zip").body == "hello, world\n");
    CHECK(site.fetch("GET", "/?archive=zip").body == "<p>front</p>\n");
    CHECK(site.fetch("GET", "/list?archive=zip").status == 301);
    CHECK(site.fetch("GET", "/none/?archive=zip").status == 404);
    CHECK(site.fetch("GET", "/list/", {"Accept: text/html"}).body.find("Download as zip") != std::string::npos);
    const e2e::Site quiet({"--no-listing"});
    CHECK(quiet.fetch("GET", "/list/?archive=zip").status == 403);
}
