// What every kind of write says that it changed, for the audit log.
#include <algorithm>
#include <string>

#include "storage/digest.h"
#include "support/catch.h"
#include "uploads/form_posts.h"
#include "uploads/uploading.h"

using Action = http::Change::Action;
using support::Answer;
using support::AnsweringSite;

namespace {

/// The one change of an answer.
http::Change only(const Answer& answer) {
    REQUIRE(answer.changes.size() == 1);
    return answer.changes.front();
}

}  // namespace

TEST_CASE("changes: a file that is stored, replaced and deleted has the tags of before and after", "[uploads]") {
    AnsweringSite site;
    const http::Change created = only(site.put("/a%20b", "one"));
    CHECK(created.action == Action::create);
    CHECK(created.path == "/a b");
    CHECK(created.old_tag.empty());
    CHECK(created.new_tag == support::tag_of(site.directory.at("a b")));
    CHECK(created.bytes == 3);
    const http::Change replaced = only(site.put("/files/a%20b", "four"));
    CHECK(replaced.action == Action::replace);
    CHECK(replaced.path == "/a b");
    CHECK(replaced.old_tag == created.new_tag);
    CHECK(replaced.new_tag == support::tag_of(site.directory.at("a b")));
    CHECK(replaced.bytes == 4);
    const http::Change removed = only(site.ask("DELETE", "/a%20b"));
    CHECK(removed.action == Action::remove);
    CHECK(removed.path == "/a b");
    CHECK(removed.old_tag == replaced.new_tag);
    CHECK(removed.new_tag.empty());
    CHECK_FALSE(removed.bytes.has_value());
}

TEST_CASE("changes: what was refused changed nothing", "[uploads]") {
    AnsweringSite site;
    CHECK(site.put("/a", "x", "If-Match: \"none\"\r\n").changes.empty());
    CHECK(site.ask("DELETE", "/a").changes.empty());
    CHECK(site.ask("MKCOL", "/none/d/").changes.empty());
    if (storage::has_digests()) {
        CHECK(site.put("/a", "x", "Repr-Digest: " + std::string(resumable::kHello256) + "\r\n").changes.empty());
    }
}

TEST_CASE("changes: a digest that was computed is told, whether it was stated or wanted", "[uploads]") {
    if (!storage::has_digests()) return;
    AnsweringSite site;
    const std::string stated = "Repr-Digest: " + std::string(resumable::kHello256) + "\r\n";
    CHECK(only(site.put("/a", resumable::kHello, stated)).digest == resumable::kHello256);
    CHECK(only(site.put("/a", resumable::kHello, "Want-Repr-Digest: sha-256=1\r\n")).digest == resumable::kHello256);
    CHECK(only(site.put("/a", resumable::kHello)).digest.empty());
}

TEST_CASE("changes: directories are made and removed, by method and by form", "[uploads]") {
    AnsweringSite site;
    const http::Change made = only(site.ask("MKCOL", "/d/"));
    CHECK(made.action == Action::make_directory);
    CHECK(made.path == "/d/");
    const http::Change removed = only(site.ask("DELETE", "/d/"));
    CHECK(removed.action == Action::remove);
    CHECK(removed.path == "/d/");
    CHECK(removed.old_tag.empty());
    constexpr std::string_view kUrlencoded = "Content-Type: application/x-www-form-urlencoded\r\n";
    CHECK(only(site.upload("POST", "/?mkcol", "name=e", kUrlencoded)).action == Action::make_directory);
    const http::Change by_form = only(site.upload("POST", "/?delete", "name=e", kUrlencoded));
    CHECK(by_form.action == Action::remove);
    CHECK(by_form.path == "/e/");
}

TEST_CASE("changes: a form has one for each file that was stored", "[uploads]") {
    AnsweringSite site;
    site.directory.write("in/b", "old");
    Answer answer = forms::post(
        site, "/in/",
        forms::file_part("a", "one") + forms::file_part("b", "two") + forms::file_part("c", "three") + forms::kEnd);
    CHECK(answer.status() == 409);
    REQUIRE(answer.changes.size() == 2);
    std::ranges::sort(answer.changes, {}, &http::Change::path);  // they stand in the order in which the disk was done
    CHECK(answer.changes[0].path == "/in/a");
    CHECK(answer.changes[1].path == "/in/c");
    CHECK(answer.changes[1].bytes == 5);
}

TEST_CASE("changes: parts of a resumable upload, its end and its cancelling", "[uploads]") {
    resumable::Uploading site;
    const Answer begun = site.put("/film", "hello ", resumable::kPart);
    const std::string upload = begun.field("Location");
    CHECK(only(begun).action == Action::append);
    CHECK(only(begun).path == upload);
    CHECK(only(begun).bytes == 6);
    const http::Change appended = only(site.patch(upload, 6, "wor", resumable::kPart));
    CHECK(appended.action == Action::append);
    CHECK(appended.bytes == 9);
    CHECK(site.ask("HEAD", upload).changes.empty());
    CHECK(site.patch(upload, 2, "wor", resumable::kPart).changes.empty());
    const http::Change ended = only(site.patch(upload, 9, "ld\n", resumable::kEnd));
    CHECK(ended.action == Action::create);
    CHECK(ended.path == "/film");
    CHECK(ended.bytes == 12);
    CHECK(ended.new_tag == support::tag_of(site.directory.at("film")));
    const std::string other = site.create("/other", "x");
    const http::Change cancelled = only(site.ask("DELETE", other));
    CHECK(cancelled.action == Action::remove);
    CHECK(cancelled.path == other);
}
