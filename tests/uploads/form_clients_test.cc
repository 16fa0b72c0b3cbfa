// Forms as curl, Chromium and python write them, and as nobody should.
#include <algorithm>

#include "support/catch.h"
#include "uploads/form_posts.h"

using namespace forms;

TEST_CASE("forms: hostile names lead nowhere and hide nothing", "[handlers][forms]") {
    AnsweringSite site;
    struct Case {
        std::string filename;
        int status;
        std::string stored;  ///< below "in/", when it is
    };
    const std::string long_name(300, 'n');
    const std::string nul("a\0b", 3);
    const std::vector<Case> cases = {
        {"../../etc/passwd", 201, "passwd"},
        {"/etc/shadow", 201, "shadow"},
        {"C:\\\\x\\\\y", 201, "y"},
        {"a/b", 201, "b"},
        {".bashrc", 403, ""},
        {"..", 403, ""},
        {"x/..", 403, ""},
        {"../", 422, ""},
        {"a%0D%0ASet-Cookie: x", 422, ""},
        {"tab\there", 422, ""},
        {"\x7f", 422, ""},
        {long_name, 422, ""},
        {"say %22hi%22", 201, "say \"hi\""},
        {"say \\\"ho\\\"", 201, "say \"ho\""},
        {"%2e%2e%2fz", 201, "%2e%2e%2fz"},
        {"\xff\xfe", 201, "\xff\xfe"},
        {"na\xc3\xafve.txt", 201, "na\xc3\xafve.txt"},
    };
    std::vector<std::string> expected = {"in"};
    for (const Case& each : cases) {
        INFO(each.filename);
        const auto answer = post(site, "/in/", file_part(each.filename, "x") + kEnd);
        CHECK(answer.status() == each.status);
        if (each.status == 201) CHECK(site.directory.read("in/" + each.stored) == "x");
        if (each.status == 201) expected.push_back("in/" + each.stored);
    }
    // Not a name but a malformed head: the whole form.
    CHECK(post(site, "/in/", file_part(nul, "x") + kEnd).status() == 400);
    auto found = site.directory.list();
    std::ranges::sort(found);
    std::ranges::sort(expected);
    CHECK(found == expected);
}

TEST_CASE("forms: as curl sends them", "[handlers][forms]") {
    AnsweringSite site;
    const std::string body =
        "--------------------------d74496d66958873e\r\n"
        "Content-Disposition: form-data; name=\"person\"\r\n\r\nanonymous\r\n"
        "--------------------------d74496d66958873e\r\n"
        "Content-Disposition: form-data; name=\"secret\"; filename=\"file.txt\"\r\nContent-Type: text/plain\r\n\r\n"
        "contents of the file\n\r\n"
        "--------------------------d74496d66958873e--\r\n";
    CHECK(post(site, "/", body, {}, "------------------------d74496d66958873e").status() == 201);
    CHECK(site.directory.read("file.txt") == "contents of the file\n");
}

TEST_CASE("forms: as Chromium sends them", "[handlers][forms]") {
    AnsweringSite site;
    const std::string body =
        "------WebKitFormBoundary7MA4YWxkTrZu0gW\r\n"
        "Content-Disposition: form-data; name=\"files\"; filename=\"gr\xc3\xbc\xc3\x9f%22e%22.txt\"\r\n"
        "Content-Type: text/plain\r\n\r\none\r\n"
        "------WebKitFormBoundary7MA4YWxkTrZu0gW\r\n"
        "Content-Disposition: form-data; name=\"files\"; filename=\"folder/two.bin\"\r\n"
        "Content-Type: application/octet-stream\r\n\r\n" +
        std::string("\0\r\n", 3) +
        "\r\n------WebKitFormBoundary7MA4YWxkTrZu0gW\r\n"
        "Content-Disposition: form-data; name=\"more\"; filename=\"\"\r\n"
        "Content-Type: application/octet-stream\r\n\r\n\r\n"
        "------WebKitFormBoundary7MA4YWxkTrZu0gW--\r\n";
    const auto answer =
        post(site, "/", body, std::string(kBrowser) + "Origin: http://x\r\nSec-Fetch-Site: same-origin\r\n",
             "----WebKitFormBoundary7MA4YWxkTrZu0gW");
    CHECK(answer.status() == 303);
    CHECK(site.directory.read("gr\xc3\xbc\xc3\x9f\"e\".txt") == "one");
    CHECK(site.directory.read("two.bin") == std::string("\0\r\n", 3));
    CHECK(site.directory.list().size() == 2);
}

TEST_CASE("forms: as python's email package writes them", "[handlers][forms]") {
    AnsweringSite site;
    const std::string body =
        "--===============5210438349176462553==\r\nContent-Type: text/plain; charset=\"us-ascii\"\r\nMIME-Version: "
        "1.0\r\n"
        "Content-Transfer-Encoding: 7bit\r\nContent-Disposition: form-data; name=\"f\"; filename=\"notes.txt\"\r\n\r\n"
        "a note\r\n--===============5210438349176462553==\r\nContent-Type: text/plain\r\nMIME-Version: 1.0\r\n"
        "Content-Disposition: form-data; name=\"g\"; filename*=utf-8''na%C3%AFve.txt\r\n\r\nanother\r\n"
        "--===============5210438349176462553==--\r\n";
    CHECK(post(site, "/", body, {}, "\"===============5210438349176462553==\"").status() == 201);
    CHECK(site.directory.read("notes.txt") == "a note");
    CHECK(site.directory.read("na\xc3\xafve.txt") == "another");
}

TEST_CASE("forms: one client has a share of those under way", "[handlers][forms]") {
    site::SiteConfig config = forms::config_with(forms::OnConflict::refuse);
    config.max_forms_per_client = 1;
    base::Counters counters;  // outlives the site
    forms::AnsweringSite site(config);
    site.site->register_counters(counters);
    const std::string body = forms::file_part("a.txt", "a") + forms::kEnd;
    const support::ParsedRequest begun(
        support::head("POST", "/", "Content-Type: multipart/form-data; boundary=AaB03x\r\nContent-Length: 99\r\n"));
    auto held = site.site->handle(*begun);
    REQUIRE(std::holds_alternative<std::unique_ptr<http::BodySink>>(held));
    const forms::Answer refused = forms::post(site, "/", body);
    CHECK(refused.status() == 429);
    CHECK(refused.field("Retry-After") == "1");
    CHECK(base::counters_line(counters).find("forms_over_share=1") != std::string::npos);
    held = http::Response();
    CHECK(forms::post(site, "/", body).status() == 201);
    CHECK(forms::post(site, "/", forms::file_part("b.txt", "b") + forms::kEnd).status() == 201);
}
