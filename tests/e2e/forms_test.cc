// Forms with files, as curl and python send them, over real sockets; directories by MKCOL. What is not installed is
// left out with a message.
#include <algorithm>

#include "e2e/site.h"

using e2e::Site;
using support::Finished;
using support::run_command;

namespace {

bool is_missing(const std::string& program) {
    const bool missing = run_command({program, "--version"}).status != 0;
    if (missing) WARN(program << " is not installed");
    return missing;
}

std::string url(const Site& site, const std::string& path) {
    return "http://127.0.0.1:" + std::to_string(site.server.port()) + path;
}

Finished curl(const Site& site, const std::string& path, std::vector<std::string> words) {
    std::vector<std::string> all{"curl", "-sS", "--max-time", "20", "--noproxy", "*", "-w", "%{http_code}"};
    all.insert(all.end(), words.begin(), words.end());
    all.push_back(url(site, path));
    return run_command(all);
}

}  // namespace

TEST_CASE("forms: curl -F sends fields, files, its standard input and many at once", "[e2e][forms]") {
    if (is_missing("curl")) return;
    Site site;
    const support::TempDir local;
    const std::string large = support::noise(3'000'000, 5);
    local.write("large.bin", large);
    local.write("small.txt", "small\n");
    const auto sent = curl(site, "/in/",
                           {"-F", "title=two files", "-F", "file=@" + local.at("large.bin"), "-F",
                            "file=@" + local.at("small.txt") + ";type=text/plain;filename=na\xc3\xafve \"x\".txt"});
    CHECK(sent.output.ends_with("201"));
    CHECK(sent.output.starts_with("{\"files\":[{\"name\":\"large.bin\",\"path\":\"/in/large.bin\",\"size\":3000000,"));
    CHECK((site.files.read("in/large.bin") == large));
    CHECK(site.files.read("in/na\xc3\xafve \"x\".txt") == "small\n");

    const auto again =
        curl(site, "/in/",
             {"-F", "file=@" + local.at("small.txt"), "-F", "file=@" + local.at("small.txt") + ";filename=large.bin"});
    CHECK(again.output.ends_with("409"));
    CHECK(again.output.find("\"name\":\"large.bin\",\"status\":409") != std::string::npos);
    CHECK(site.files.read("in/small.txt") == "small\n");
    CHECK((site.files.read("in/large.bin") == large));

    const auto hostile =
        curl(site, "/in/", {"-F", "file=@" + local.at("small.txt") + ";filename=../../../outside.txt"});
    CHECK(hostile.output.ends_with("201"));
    CHECK(site.files.read("in/outside.txt") == "small\n");
    CHECK_FALSE(site.files.has("outside.txt"));
    const auto browser = curl(site, "/in/",
                              {"-H", "Accept: text/html", "-H", "Transfer-Encoding: chunked", "-F",
                               "file=@" + local.at("small.txt") + ";filename=b.txt"});
    CHECK(browser.output == "303");
    CHECK(site.files.read("in/b.txt") == "small\n");
}

TEST_CASE("forms: python's email package and urllib", "[e2e][forms]") {
    if (is_missing("python3")) return;
    Site site;
    static const std::string kScript = R"py(
import email.mime.application, email.mime.multipart, email.policy, sys, urllib.request
form = email.mime.multipart.MIMEMultipart("form-data")
content = b"a line, which the package ends in CRLF\r\n" * 3000 + b"--"
for name in ("one.bin", "na\u00efve.bin"):
    part = email.mime.application.MIMEApplication(content, _encoder=lambda part: None)
    part.add_header("Content-Disposition", "form-data", name="file", filename=name)
    form.attach(part)
body = form.as_bytes(policy=email.policy.HTTP)
head, body = body.split(b"\r\n\r\n", 1)
import re
boundary = re.search(rb'boundary="([^"]+)"', head).group(1).decode()
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
request = urllib.request.Request(sys.argv[1], body, {"Content-Type": f'multipart/form-data; boundary="{boundary}"'})
print(opener.open(request, timeout=20).status)
)py";
    const Finished sent = run_command({"python3", "-c", kScript, url(site, "/py/")});
    INFO(sent.output);
    CHECK(sent.output.ends_with("201\n"));
    std::string expected;
    for (int line = 0; line < 3000; ++line) expected += "a line, which the package ends in CRLF\r\n";
    expected += "--";
    CHECK(site.files.has("py/one.bin"));
    CHECK((site.files.read("py/one.bin") == expected));
    CHECK((site.files.read("py/na\xc3\xafve.bin") == expected));
}

TEST_CASE("forms: in delayed segments, each byte alone around the delimiters", "[e2e][forms]") {
    Site site;
    const std::string body =
        "--b\r\nContent-Disposition: form-data; name=f; filename=a\r\n\r\none\r\n--\r\n--b\r\n"
        "Content-Disposition: form-data; name=f; filename=c\r\n\r\ntwo\r\n--b--\r\n";
    support::RawClient client = site.connect();
    REQUIRE(
        client.send_bytewise("POST /seg/ HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\n"
                             "Content-Length: " +
                             std::to_string(body.size()) + "\r\n\r\n" + body));
    const auto response = client.read_response();
    REQUIRE(response.has_value());
    CHECK(response->status == 201);
    CHECK(site.files.read("seg/a") == "one\r\n--");
    CHECK(site.files.read("seg/c") == "two");
}

TEST_CASE("forms: 10,000 parts are refused, and nothing of them is stored", "[e2e][forms]") {
    Site site;
    std::string body;
    for (int i = 0; i < 10'000; ++i) {
        body += "--b\r\nContent-Disposition: form-data; name=f; filename=f" + std::to_string(i) + "\r\n\r\nx\r\n";
    }
    body += "--b--\r\n";
    const std::size_t descriptors = site.server.open_descriptors();
    const auto response = site.fetch("POST", "/many/", {"Content-Type: multipart/form-data; boundary=b"}, body);
    CHECK(response.status == 413);
    CHECK_FALSE(site.files.has("many"));
    // Their waiting files are removed in the background.
    CHECK(support::eventually([&] {
        const auto names = site.files.list();
        return std::none_of(names.begin(), names.end(), [](const std::string& name) { return name.starts_with('.'); });
    }));
    CHECK(support::eventually([&] { return site.server.open_descriptors() <= descriptors + 1; }));
}

TEST_CASE("forms: a thousand files at once, while others are answered", "[e2e][forms]") {
    Site site({"--allow-all", "--on-conflict", "replace"});
    std::string body;
    for (int i = 0; i < 1'000; ++i) {
        body += "--b\r\nContent-Disposition: form-data; name=f; filename=f" + std::to_string(i) + "\r\n\r\nx\r\n";
    }
    body += "--b--\r\n";
    support::RawClient client = site.connect();
    REQUIRE(
        client.send("POST /many/ HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\n"
                    "Content-Length: " +
                    std::to_string(body.size()) + "\r\n\r\n" + body));
    CHECK(site.fetch("GET", "/hello.txt").body == "hello, world\n");
    // A thousand syncs and renames take as long as the disk and the other programs let them.
    const auto response = client.read_response(false, 120'000);
    REQUIRE(response.has_value());
    CHECK(response->status == 201);
    CHECK(site.files.read("many/f999") == "x");
}

TEST_CASE("forms: curl makes a directory, by MKCOL and by the plain form, and deletes it", "[e2e][forms]") {
    if (is_missing("curl")) return;
    Site site;
    CHECK(curl(site, "/new", {"-X", "MKCOL"}).output == "201");
    CHECK(curl(site, "/new/below", {"-d", "name=x"}).output.ends_with("201"));  // a body like any other
    CHECK(curl(site, "/new/?mkcol", {"-d", "name=sub"}).output == "201");
    CHECK(curl(site, "/new", {"-X", "MKCOL", "-o", "/dev/null"}).output == "405");
    CHECK(curl(site, "/no/such", {"-X", "MKCOL", "-o", "/dev/null"}).output == "409");
    CHECK(curl(site, "/new/?delete", {"-d", "name=sub"}).output == "204");
    CHECK(curl(site, "/new/?delete", {"-H", "Origin: http://evil.example", "-d", "name=below", "-o", "/dev/null"})
              .output == "403");
    CHECK(site.files.has("new/below"));
    CHECK_FALSE(site.files.has("new/sub"));
}
