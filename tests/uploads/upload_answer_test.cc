// The answer to an upload after its commit.
#include "uploads/upload_answer.h"

#include <memory>
#include <string>
#include <utility>

#include "support/catch.h"
#include "support/write_site.h"

using uploads::UploadAnswer;

namespace {

http::Response answer(support::WriteSite& site, std::unique_ptr<storage::FileCommit> commit, std::string location,
                      std::string repr_digest = {},
                      uploads::Admission::Tells tells = uploads::Admission::Tells::name_and_tag) {
    UploadAnswer work(std::move(commit), std::move(location), std::move(repr_digest), tells);
    return support::run(work, site.disk);
}

}  // namespace

TEST_CASE("upload answer: a new file is 201 with its address and its tag", "[uploads]") {
    support::WriteSite site;
    const http::Response response = answer(site, site.upload("/a b", "one"), "/files/a b");
    CHECK(response.status == http::Status::created);
    CHECK(response.find("Location") == "/files/a%20b");
    CHECK(response.find("ETag") == support::tag_of(site.directory.at("a b")));
    CHECK_FALSE(response.find("Repr-Digest").has_value());
}

TEST_CASE("upload answer: a file that replaces another is 204, without an address", "[uploads]") {
    support::WriteSite site;
    site.directory.write("a", "old");
    const http::Response response = answer(site, site.upload("/a", "new"), "/a", "sha-256=:x:");
    CHECK(response.status == http::Status::no_content);
    CHECK_FALSE(response.find("Location").has_value());
    CHECK(response.find("Repr-Digest") == "sha-256=:x:");
    CHECK(site.directory.read("a") == "new");
}

TEST_CASE("upload answer: to a directory's address the name of the file is added", "[uploads]") {
    support::WriteSite site;
    CHECK(answer(site, site.upload("/d/name", "x"), "/prefix/d/").find("Location") == "/prefix/d/name");
}

TEST_CASE("upload answer: nothing is answered before the disk is done", "[uploads]") {
    support::WriteSite site;
    UploadAnswer work(site.upload("/a", "x"), "/a", {}, uploads::Admission::Tells::name_and_tag);
    CHECK_FALSE(work.advance(support::kWake).has_value());
    CHECK(support::run(work, site.disk).status == http::Status::created);
}

TEST_CASE("upload answer: a commit that fails is the refusal", "[uploads]") {
    support::WriteSite site;
    site.disk.data_error = EIO;
    const http::Response response = answer(site, site.upload("/a", "x"), "/a");
    CHECK(response.status == http::Status::internal_server_error);
    CHECK_FALSE(response.find("ETag").has_value());
    CHECK_FALSE(site.directory.has("a"));
}

TEST_CASE("upload answer: whoever may only add files learns neither the name nor the tag", "[uploads]") {
    support::WriteSite site;
    const http::Response response = answer(site, site.upload("/a", "x"), "/a", {}, uploads::Admission::Tells::nothing);
    CHECK(response.status == http::Status::created);
    CHECK_FALSE(response.find("Location").has_value());
    CHECK_FALSE(response.find("ETag").has_value());
}
