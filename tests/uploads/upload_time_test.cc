// The time that a client states for its file: what counts, what is refused, and that the stored file has it.
#include "uploads/upload_time.h"

#include <sys/stat.h>

#include <string>

#include "support/catch.h"
#include "uploads/form_posts.h"
#include "uploads/uploading.h"

using namespace resumable;
using uploads::LastModified;

namespace {

constexpr std::string_view kOwn = "X-OC-Mtime: 1500000000\r\n";
constexpr std::string_view kDate = "Last-Modified: Fri, 14 Jul 2017 02:40:00 GMT\r\n";

std::expected<std::optional<std::int64_t>, http::Refusal> time_of(std::string_view fields, LastModified last_modified) {
    const support::ParsedRequest request(support::head("PUT", "/a", fields));
    return uploads::find_upload_time(*request, last_modified, 1'800'000'000);
}

struct timespec modified(const Uploading& site, const std::string& name) {
    struct stat status{};
    REQUIRE(::stat(site.directory.at(name).c_str(), &status) == 0);
    return status.st_mtim;
}

}  // namespace

TEST_CASE("upload time: X-OC-Mtime always counts, Last-Modified where it is kept", "[handlers][upload]") {
    CHECK(time_of(kOwn, LastModified::is_ignored) == 1'500'000'000);
    CHECK(time_of("x-oc-mtime: 0\r\n", LastModified::is_ignored) == 0);
    CHECK(time_of("X-OC-Mtime: 1500000000.75\r\n", LastModified::is_ignored) == 1'500'000'000);
    CHECK(time_of(kDate, LastModified::is_kept) == 1'500'000'000);
    CHECK(time_of(std::string(kDate).append("X-OC-Mtime: 7\r\n"), LastModified::is_kept) == 7);
    CHECK(time_of(kDate, LastModified::is_ignored)->has_value() == false);
    CHECK(time_of("Last-Modified: now\r\n", LastModified::is_ignored)->has_value() == false);
    CHECK(time_of({}, LastModified::is_kept)->has_value() == false);
}

TEST_CASE("upload time: a value that is not understood is refused", "[handlers][upload]") {
    for (const std::string_view value : {"", "-1", "x", "1.", ".5", "1.x", "0x10", "1 2", "253402300800",
                                         "99999999999999999999", "1500000000\r\nX-OC-Mtime: 1500000000"}) {
        INFO(value);
        const auto fields = std::string("X-OC-Mtime: ").append(value).append("\r\n");
        const auto refused = time_of(fields, LastModified::is_ignored);
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error().status == http::Status::bad_request);
    }
    for (const std::string_view value : {"", "now", "1500000000", "Fri, 14 Jul 1967 02:40:00 GMT"}) {
        INFO(value);
        const auto fields = std::string("Last-Modified: ").append(value).append("\r\n");
        CHECK_FALSE(time_of(fields, LastModified::is_kept).has_value());
    }
}

TEST_CASE("upload time: the stored file has the time that its client states", "[handlers][upload]") {
    Uploading site;
    const auto stored = site.put("/a", "1", kOwn);
    CHECK(stored.status() == 201);
    CHECK(stored.field("X-OC-Mtime") == "accepted");
    CHECK(modified(site, "a").tv_sec == 1'500'000'000);
    CHECK(modified(site, "a").tv_nsec == 0);
    CHECK(site.ask("GET", "/a").field("Last-Modified") == "Fri, 14 Jul 2017 02:40:00 GMT");
    const auto ignored = site.put("/b", "1", kDate);
    CHECK(ignored.field("X-OC-Mtime").empty());
    CHECK(modified(site, "b").tv_sec > 1'500'000'000);
    CHECK(site.put("/c", "1", "X-OC-Mtime: yesterday\r\n").status() == 400);
    CHECK(site.visible() == std::vector<std::string>{"a", "b"});
}

TEST_CASE("upload time: two versions with one stated time have two tags", "[handlers][upload]") {
    Uploading site;
    std::string before = site.put("/a", "1", kOwn).field("ETag");
    for (const std::string_view content : {"2", "3", "4", "5"}) {
        const std::string after = site.put("/a", content, kOwn).field("ETag");
        CHECK(after != before);
        before = after;
        CHECK(modified(site, "a").tv_sec == 1'500'000'000);
    }
}

TEST_CASE("upload time: Last-Modified counts with --keep-mtime", "[handlers][upload]") {
    site::SiteConfig config = AnsweringSite::all_allowed();
    config.keep_mtime = true;
    Uploading site(config);
    CHECK(site.put("/a", "1", kDate).field("X-OC-Mtime") == "accepted");
    CHECK(modified(site, "a").tv_sec == 1'500'000'000);
    CHECK(site.put("/a", "2", "Last-Modified: yesterday\r\n").status() == 400);
    CHECK(site.directory.read("a") == "1");
}

TEST_CASE("upload time: a resumable upload keeps the time of its first request over a restart", "[handlers][upload]") {
    site::SiteConfig config = AnsweringSite::all_allowed();
    config.keep_mtime = true;
    for (const std::string_view fields : {kOwn, kDate}) {
        Uploading site(config);
        const std::string upload = site.create("/a", "12345", fields);
        site.start();
        const auto stored = site.patch(upload, 5, "6", kEnd);
        CHECK(stored.status() == 201);
        CHECK(stored.field("X-OC-Mtime") == "accepted");
        CHECK(modified(site, "a").tv_sec == 1'500'000'000);
    }
}

TEST_CASE("upload time: it counts for every file of a form, and for a directory", "[handlers][upload]") {
    Uploading site;
    const std::string body = forms::file_part("a", "1") + forms::file_part("b", "2") + forms::kEnd;
    const auto stored = forms::post(site, "/", body, kOwn);
    CHECK(stored.status() == 201);
    CHECK(stored.field("X-OC-Mtime") == "accepted");
    CHECK(modified(site, "a").tv_sec == 1'500'000'000);
    CHECK(modified(site, "b").tv_sec == 1'500'000'000);
    CHECK(forms::post(site, "/c/", body, "X-OC-Mtime: yesterday\r\n").status() == 400);
    CHECK_FALSE(site.directory.has("c"));
    const auto made = site.ask("MKCOL", "/d", kOwn);
    CHECK(made.status() == 201);
    CHECK(made.field("X-OC-Mtime") == "accepted");
    CHECK(modified(site, "d").tv_sec == 1'500'000'000);
    CHECK(site.ask("MKCOL", "/e", "X-OC-Mtime: yesterday\r\n").status() == 400);
    CHECK_FALSE(site.directory.has("e"));
    CHECK(site.ask("MKCOL", "/f").field("X-OC-Mtime").empty());
}
