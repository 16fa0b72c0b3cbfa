// The work of a copy alone: in slices, and synced behind it.
#include "storage/copy_work.h"

#include <fcntl.h>

#include "base/directory_stream.h"
#include "support/catch.h"
#include "support/write_site.h"

namespace {

using State = storage::CopyWork::State;

/// The directory of this name in the root.
base::Fd open(const support::WriteSite& site, const char* name) {
    return base::open_directory(site.root->descriptor(), name);
}

}  // namespace

TEST_CASE("copy work: a directory is done when the last sync of what is in it is", "[storage][copy]") {
    support::WriteSite site;
    for (int i = 0; i < 20; ++i) site.directory.write("from/" + std::to_string(i), "x");
    site.directory.make_directory("to");
    storage::CopyWork work(*site.parts, 0);
    work.add_directory(base::DirectoryStream(open(site, "from")), base::share(open(site, "to")));
    CHECK(work.advance(support::kWake) == State::copying);
    State state = State::copying;
    for (int i = 0; i < 20 && state == State::copying; ++i) state = work.advance(support::kWake).value();
    CHECK(state == State::syncing);
    CHECK(work.files() == 20);
    site.disk.finish_all();
    CHECK(work.advance(support::kWake) == State::done);
    CHECK(site.directory.read("to/19") == "x");
}

TEST_CASE("copy work: a file alone is copied to a new name only", "[storage][copy]") {
    support::WriteSite site;
    site.directory.write("a", "content");
    const auto add = [&site](storage::CopyWork& work, const std::string& name) {
        return work.add_file(base::Fd(::open(site.directory.at("a").c_str(), O_RDONLY | O_CLOEXEC)),
                             site.root->descriptor(), name);
    };
    storage::CopyWork work(*site.parts, 0);
    CHECK(add(work, "a")->status == http::Status::service_unavailable);
    CHECK(work.open_target() == nullptr);
    CHECK_FALSE(add(work, "b").has_value());
    CHECK(work.open_target() != nullptr);
    CHECK(work.advance(support::kWake) == State::syncing);
    site.disk.finish_all();
    CHECK(work.advance(support::kWake) == State::done);
    CHECK(site.directory.read("b") == "content");
    storage::CopyWork bounded(*site.parts, 3);
    CHECK(add(bounded, "c")->status == http::Status::content_too_large);
    CHECK_FALSE(site.directory.has("c"));
}

TEST_CASE("copy work: a sync that fails ends it", "[storage][copy]") {
    support::WriteSite site;
    site.directory.write("from/a", "x");
    site.directory.make_directory("to");
    site.disk.directory_error = ENOSPC;
    storage::CopyWork work(*site.parts, 0);
    work.add_directory(base::DirectoryStream(open(site, "from")), base::share(open(site, "to")));
    CHECK(work.advance(support::kWake) == State::syncing);
    site.disk.finish_all();
    CHECK(work.advance(support::kWake).error().status == http::Status::insufficient_storage);
}
