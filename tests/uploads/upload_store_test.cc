// Resumable uploads on disk: what survives, what is refused, what ends.
#include "uploads/upload_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <string>

#include "storage/temporary_file.h"
#include "support/catch.h"
#include "support/file_times.h"
#include "uploads/leftover_sweep.h"
#include "uploads/stored_uploads.h"
#include "uploads/upload_sync.h"

using stored::state_for;
using stored::Store;
using uploads::UploadState;
using uploads::UploadStore;

namespace {

/// One walk. Returns how many files it removed.
std::uint64_t sweep(Store& store, std::int64_t orphan_age_s) {
    storage::TreeRemoval trees(store.site.disk, store.clock);
    uploads::LeftoverSweep sweep(*store.site.root, store.site.disk, store.clock, trees, orphan_age_s);
    sweep.advance();
    return sweep.removed();
}

}  // namespace

TEST_CASE("upload store: the token is long, and one wrong digit finds nothing", "[content][upload]") {
    Store store;
    const auto& upload = store.create("/a");
    const std::string token = UploadStore::token(upload);
    CHECK(token.size() == 48);
    CHECK(store.store->find(token) == &upload);
    for (std::size_t i = 0; i < token.size(); ++i) {
        std::string guess = token;
        guess[i] = guess[i] == '0' ? '1' : '0';
        CHECK(store.store->find(guess) == nullptr);
    }
    for (const std::string& wrong : {token.substr(1), token + "0", token + "/a", std::string(), std::string("../x"),
                                     std::string(48, 'G'), std::string(48, '0')}) {
        CHECK(store.store->find(wrong) == nullptr);
    }
}

TEST_CASE("upload store: a killed process loses nothing that was written", "[content][upload]") {
    Store store;
    store.site.directory.make_directory("d");
    auto& upload = store.create("/d/new/a");
    const std::string token = UploadStore::token(upload);
    store.append(upload, "hello");
    CHECK(store.site.directory.has("d/" + uploads::partial_name(upload.number)));
    store.restart();
    auto* const again = store.store->find(token);
    REQUIRE(again != nullptr);
    CHECK(again->offset == 5);
    CHECK(again->synced == 0);
    const auto opened = store.store->open_bytes(*again);
    REQUIRE(opened.has_value());
    CHECK(store.store->read_state(*again)->target == "/d/new/a");
    CHECK(store.store->read_state(*again)->directory == "/d");
}

TEST_CASE("upload store: after a power loss only what was synced counts", "[content][upload]") {
    Store store;
    auto& upload = store.create("/a");
    const std::string token = UploadStore::token(upload);
    store.append(upload, "synced");
    store.sync(upload);
    CHECK(upload.synced == 6);
    store.append(upload, " lost");
    store.change_boot(upload);
    store.restart();
    auto* again = store.store->find(token);
    REQUIRE(again != nullptr);
    CHECK(again->offset == 6);
    CHECK(store.site.directory.read(uploads::partial_name(again->number)) == "synced");
    // From here on this boot's bytes count again.
    store.bytes = *store.store->open_bytes(*again);
    store.append(*again, " more");
    store.restart();
    CHECK(store.store->find(token)->offset == 11);
}

TEST_CASE("upload store: bytes that are missing end the upload", "[content][upload]") {
    Store store;
    auto& upload = store.create("/a");
    const std::string token = UploadStore::token(upload);
    store.append(upload, "synced");
    store.sync(upload);
    const std::string name = store.site.directory.at(uploads::partial_name(upload.number));
    SECTION("the file became shorter") { REQUIRE(::truncate(name.c_str(), 3) == 0); }
    SECTION("the file is gone") { REQUIRE(::unlink(name.c_str()) == 0); }
    SECTION("a link is in its place") {
        REQUIRE(::unlink(name.c_str()) == 0);
        store.site.directory.write("secret", "0123456789");
        REQUIRE(::symlink("secret", name.c_str()) == 0);
    }
    SECTION("a pipe is in its place") {
        REQUIRE(::unlink(name.c_str()) == 0);
        REQUIRE(::mkfifo(name.c_str(), 0600) == 0);
    }
    SECTION("it has a second name") { REQUIRE(::link(name.c_str(), store.site.directory.at("other").c_str()) == 0); }
    CHECK_FALSE(store.store->open_bytes(upload).has_value());
    store.restart();
    CHECK(store.store->find(token) == nullptr);
    CHECK_FALSE(store.site.directory.has(".godwit"));
}

TEST_CASE("upload store: a damaged state is removed at the start, and its bytes by a later sweep",
          "[content][upload]") {
    Store store;
    auto& upload = store.create("/a");
    store.append(upload, "x");
    const std::uint64_t number = upload.number;
    const std::string name = uploads::partial_name(number);
    store.site.directory.write(".godwit/" + uploads::state_name(number), "godwit-upload 1\nsecret x\n");
    // The age of an orphan is a difference of the file's time and of the test's clock, which stands still.
    support::set_time(store.site.directory.at(name), {store.clock.unix_seconds(), 0});
    // As long as the state is there nothing is an orphan.
    CHECK(sweep(store, 0) == 0);
    store.restart();
    CHECK(store.store->find(number) == nullptr);
    CHECK(store.site.directory.has(name));
    CHECK(sweep(store, 60) == 0);
    CHECK(sweep(store, 0) == 1);
    CHECK(store.site.directory.list().empty());
}

TEST_CASE("upload store: what is published and was not said so is found complete", "[content][upload]") {
    Store store;
    auto& upload = store.create("/a");
    const std::string token = UploadStore::token(upload);
    store.append(upload, "whole");
    struct stat status{};
    REQUIRE(::fstat(store.bytes->file.get(), &status) == 0);
    store.store->add_line(upload, uploads::length_line(5) + uploads::publishing_line(status.st_ino));
    const std::string name = store.site.directory.at(uploads::partial_name(upload.number));
    SECTION("the name was given") {
        REQUIRE(::rename(name.c_str(), store.site.directory.at("a").c_str()) == 0);
        store.restart();
        REQUIRE(store.store->find(token) != nullptr);
        CHECK(store.store->find(token)->phase() == uploads::UploadPhase::complete);
        CHECK(store.store->find(token)->offset == 5);
    }
    SECTION("it was not") {
        store.restart();
        CHECK(store.store->find(token)->phase() == uploads::UploadPhase::open);
    }
    SECTION("another file has it") {
        REQUIRE(::unlink(name.c_str()) == 0);
        store.site.directory.write("b", "other");
        store.site.directory.write("a", "other");
        if (store.site.root->stat_name_inside("/a")->st_ino != status.st_ino) {
            store.restart();
            CHECK(store.store->find(token) == nullptr);
        }
    }
}

TEST_CASE("upload store: one client has a share of the uploads, and others have room left", "[content][upload]") {
    Store store({.max_pending = 10, .max_pending_per_client = 2});
    const http::ClientKey greedy{1, 0};
    const auto begin = [&store](const http::ClientKey& client, std::string_view target) {
        uploads::UploadState state;
        state.target = target;
        std::shared_ptr<const uploads::PartialFile> bytes;
        return store.store->create(state, client, bytes);
    };
    const auto first = begin(greedy, "/a");
    REQUIRE(first);
    REQUIRE(begin(greedy, "/b"));
    CHECK(begin(greedy, "/c").error() == EUSERS);
    CHECK(begin({2, 0}, "/d"));
    // One that ends makes room.
    REQUIRE(store.store->remove(**first, uploads::UploadEvent::cancelled));
    CHECK(begin(greedy, "/e"));
    CHECK(begin(greedy, "/f").error() == EUSERS);
}

TEST_CASE("upload store: a client whose uploads hold more than is free begins and continues no other", "[upload]") {
    base::Counters counters;
    Store store(uploads::UploadLimits{});
    store.store->register_counters(counters);
    const http::ClientKey greedy{1, 0};
    std::shared_ptr<const uploads::PartialFile> bytes;
    const auto begin = [&](const http::ClientKey& client, std::string_view target) {
        uploads::UploadState state;
        state.target = target;
        return store.store->create(state, client, bytes);
    };
    const auto small = begin(greedy, "/small");
    const auto large = begin(greedy, "/large");
    REQUIRE(small);
    REQUIRE(large);
    (*large)->offset = INT64_MAX;  // more than any disk has
    store.store->prolong(**large);
    CHECK(begin(greedy, "/other").error() == EUSERS);
    const auto refused = store.store->check_space(**small, bytes->file.get(), 0);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().status == http::Status::insufficient_storage);
    // The large one goes on, and so do others.
    CHECK(store.store->check_space(**large, bytes->file.get(), 0));
    CHECK(begin({2, 0}, "/others"));
    CHECK(base::counters_line(counters).find("resumable_uploads_over_share=2") != std::string::npos);
    UploadStore::shorten(**large, 0);
    CHECK(begin(greedy, "/other"));
}

TEST_CASE("upload store: abandoned uploads expire, those that go on do not", "[content][upload]") {
    base::Counters counters;
    Store store({.expiry_s = 100});
    store.store->register_counters(counters);
    const std::string abandoned = UploadStore::token(store.create("/a"));
    auto& kept = store.create("/b");
    CHECK(store.store->tidy_due().has_value());
    store.clock.advance_ms(60'000);
    store.store->prolong(kept);
    store.clock.advance_ms(40'000);
    store.store->tidy();
    // Not before the second that a client was told.
    CHECK(store.store->find(abandoned) != nullptr);
    store.clock.advance_ms(1'000);
    store.store->tidy();
    CHECK(store.store->find(abandoned) == nullptr);
    CHECK(store.store->find(UploadStore::token(kept)) == &kept);
    CHECK(base::counters_line(counters) ==
          "counters: resumable_uploads_pending=1 resumable_uploads_over_share=0 resumable_uploads_resumed=0 "
          "resumable_uploads_completed=0 resumable_uploads_expired=1 upload_bytes_over_share=0");
    store.clock.advance_ms(60'000);
    store.store->tidy();
    CHECK(store.site.directory.list().empty());
    CHECK_FALSE(store.store->tidy_due().has_value());
}

TEST_CASE("upload store: what expired while no server ran is removed at the start", "[content][upload]") {
    Store store({.expiry_s = 100});
    auto& upload = store.create("/a");
    const timespec old[2] = {{::time(nullptr) - 101, 0}, {::time(nullptr) - 101, 0}};
    REQUIRE(::futimens(store.bytes->file.get(), old) == 0);
    REQUIRE(::utimensat(AT_FDCWD, store.state_path(upload).c_str(), old, 0) == 0);
    store.restart();
    CHECK(store.site.directory.list().empty());
}

TEST_CASE("upload store: holds no more uploads than it may", "[content][upload]") {
    Store store({.max_pending = 3, .max_complete = 2});
    for (int i = 0; i < 3; ++i) store.create("/f" + std::to_string(i));
    UploadState state = state_for("/more");
    CHECK(store.store->create(state, {}, store.bytes).error() == EBUSY);
    CHECK(store.site.directory.list().size() == 7);  // .godwit, three states, three times bytes
}

TEST_CASE("upload store: remembers the latest complete uploads", "[content][upload]") {
    Store store({.max_complete = 2, .keep_complete_s = 50});
    std::vector<std::string> tokens;
    for (int i = 0; i < 3; ++i) {
        auto& upload = store.create("/f" + std::to_string(i));
        tokens.push_back(UploadStore::token(upload));
        REQUIRE(::unlink(store.site.directory.at(uploads::partial_name(upload.number)).c_str()) == 0);
        store.store->set_complete(upload);
    }
    CHECK(store.store->find(tokens[0]) == nullptr);
    CHECK(store.store->find(tokens[1]) != nullptr);
    store.restart();
    REQUIRE(store.store->find(tokens[2]) != nullptr);
    CHECK(store.store->find(tokens[2])->phase() == uploads::UploadPhase::complete);
    store.clock.advance_ms(60'000);
    store.store->tidy();
    CHECK(store.site.directory.list().empty());
}

TEST_CASE("upload store: makes its directory anew when somebody removed it", "[content][upload]") {
    Store store;
    const std::string lost = UploadStore::token(store.create("/a"));
    store.site.directory.clear();
    auto& upload = store.create("/b");
    CHECK(store.site.directory.has(".godwit/" + uploads::state_name(upload.number)));
    CHECK_FALSE(store.store->open_bytes(*store.store->find(lost)).has_value());
    CHECK(store.store->remove(*store.store->find(lost), uploads::UploadEvent::ruined));
    CHECK(store.store->open_bytes(upload).has_value());
}

TEST_CASE("upload store: a link in place of its directory is not followed", "[content][upload]") {
    Store store;
    store.site.directory.make_directory("elsewhere");
    REQUIRE(::symlink("elsewhere", store.site.directory.at(".godwit").c_str()) == 0);
    UploadState state = state_for("/a");
    CHECK(store.store->create(state, {}, store.bytes).error() == ENOTDIR);
    CHECK(store.site.directory.list() == std::vector<std::string>{".godwit", "elsewhere"});
}

TEST_CASE("upload sync: an offset is told when bytes, state and names are on disk", "[content][upload]") {
    Store store;
    auto& upload = store.create("/a");
    store.append(upload, "x");
    uploads::UploadSync sync(*store.store, upload.number, store.bytes);
    CHECK_FALSE(sync.advance(1));
    using Kind = support::StubbornDiskQueue::Kind;
    CHECK(store.site.disk.seen == std::vector<Kind>{Kind::data});
    CHECK(upload.synced == 0);
    SECTION("in that order") {
        store.site.disk.finish_all();
        CHECK_FALSE(sync.advance(1));
        CHECK(store.site.disk.seen == std::vector<Kind>{Kind::data, Kind::data, Kind::all, Kind::all, Kind::all});
        CHECK(upload.synced == 0);
        store.site.disk.finish_all();
        CHECK(sync.advance(1));
        CHECK(upload.synced == 1);
        store.sync(upload);  // asks the disk for nothing
        CHECK(store.site.disk.seen.size() == 5);
    }
    SECTION("and not when the disk fails") {
        store.site.disk.data_error = EIO;
        store.site.disk.finish_all();
        CHECK(sync.advance(1));
        CHECK(sync.error() == EIO);
        CHECK(upload.synced == 0);
    }
    SECTION("and not when the upload is gone meanwhile") {
        store.store->remove(upload, uploads::UploadEvent::cancelled);
        store.site.disk.finish_all();
        CHECK(sync.advance(1));
        CHECK(sync.error() == ENOENT);
    }
}
