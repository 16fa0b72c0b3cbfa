// Files that wait for the rest of their request.
#include "storage/parked_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <vector>

#include "storage/file_commit.h"
#include "support/catch.h"
#include "support/write_site.h"

namespace {

using support::WriteSite;

storage::FileSink written(WriteSite& site, std::string_view path, std::string_view text) {
    auto sink = storage::FileSink::open(*site.parts, path, std::nullopt, {}, storage::OnConflict::refuse);
    REQUIRE(sink.has_value());
    REQUIRE(sink->write(support::bytes(text)).has_value());
    return std::move(*sink);
}

}  // namespace

TEST_CASE("parked file: waits without a descriptor, unseen, and is stored later", "[content][parked]") {
    WriteSite site;
    std::shared_ptr<const base::Fd> directory;
    std::vector<storage::ParkedFile> parked;
    for (const std::string name : {"/x", "/y", "/sub/z"}) {
        auto file = storage::ParkedFile::park(written(site, name, "of " + name), directory);
        REQUIRE(file.has_value());
        parked.push_back(std::move(*file));
    }
    for (const std::string& name : site.directory.list()) CHECK(storage::is_temporary_name(name));
    CHECK(site.directory.list().size() == 3);
    for (storage::ParkedFile& each : parked) {
        auto commit = std::move(each).resume();
        REQUIRE(commit.has_value());
        CHECK(support::run(**commit, site.disk).has_value());
    }
    parked.clear();
    CHECK(site.directory.list() == std::vector<std::string>{"sub", "sub/z", "x", "y"});
    CHECK(site.directory.read("sub/z") == "of /sub/z");
}

TEST_CASE("parked file: leaves nothing when it is dropped", "[content][parked]") {
    WriteSite site;
    std::shared_ptr<const base::Fd> directory;
    {
        auto file = storage::ParkedFile::park(written(site, "/x", "x"), directory);
        REQUIRE(file.has_value());
        const storage::ParkedFile moved = std::move(*file);
        CHECK(site.directory.list().size() == 1);
    }
    CHECK(site.directory.list().empty());
}

TEST_CASE("parked file: what somebody removed or put in its place is not taken for it", "[content][parked]") {
    for (const bool replaced : {false, true}) {
        WriteSite site;
        std::shared_ptr<const base::Fd> directory;
        auto file = storage::ParkedFile::park(written(site, "/x", "x"), directory);
        REQUIRE(file.has_value());
        const std::string name = site.directory.list().at(0);
        if (replaced) site.directory.write("other", "other");
        if (replaced) ::rename(site.directory.at("other").c_str(), site.directory.at(name).c_str());
        if (!replaced) ::unlink(site.directory.at(name).c_str());
        const auto commit = std::move(*file).resume();
        REQUIRE_FALSE(commit.has_value());
        CHECK(commit.error().status == http::Status::service_unavailable);
        CHECK_FALSE(site.directory.has("x"));
    }
}

TEST_CASE("parked file: files of one directory share its descriptor, and one of another directory has its own",
          "[content][parked]") {
    WriteSite site;
    site.directory.make_directory("sub");
    std::shared_ptr<const base::Fd> directory;
    const auto first = storage::ParkedFile::park(written(site, "/x", "x"), directory);
    const int shared = directory->get();
    const auto second = storage::ParkedFile::park(written(site, "/y", "y"), directory);
    CHECK(directory->get() == shared);
    const auto third = storage::ParkedFile::park(written(site, "/sub/z", "z"), directory);
    CHECK(directory->get() != shared);
    CHECK((first.has_value() && second.has_value() && third.has_value()));
}
