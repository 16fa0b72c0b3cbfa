// The order of the syncs that make an offset durable, and their failures.
#include "uploads/upload_sync.h"

#include <cerrno>
#include <string>

#include "support/catch.h"
#include "uploads/stored_uploads.h"

using stored::Store;
using uploads::UploadSync;

TEST_CASE("upload sync: a line of the state is on disk before it is told, without new bytes too", "[uploads]") {
    Store store;
    auto& upload = store.create("/a");
    store.append(upload, "x");
    store.sync(upload);
    const std::size_t before = store.site.disk.seen.size();
    REQUIRE(store.store->add_line(upload, uploads::length_line(5)) == 0);
    store.sync(upload);
    CHECK(store.site.disk.seen.size() == before + 1);
    CHECK(upload.lines_synced == upload.lines_added);
}

TEST_CASE("upload sync: the bytes are synced before the state says so", "[uploads]") {
    Store store;
    auto& upload = store.create("/a");
    store.append(upload, "hello");
    UploadSync sync(*store.store, upload.number, store.bytes);
    CHECK_FALSE(sync.advance(1));
    CHECK(store.site.directory.read(".godwit/" + uploads::state_name(upload.number)).find("synced 5") ==
          std::string::npos);
    store.site.disk.finish_all();
    CHECK_FALSE(sync.advance(1));
    CHECK(store.site.directory.read(".godwit/" + uploads::state_name(upload.number)).find("synced 5") !=
          std::string::npos);
    CHECK(upload.synced == 0);
    store.site.disk.finish_all();
    CHECK(sync.advance(1));
    CHECK(upload.synced == 5);
    CHECK(sync.offset() == 5);
}

TEST_CASE("upload sync: what is durable already needs no sync", "[uploads]") {
    Store store;
    auto& upload = store.create("/a");
    store.append(upload, "hello");
    store.sync(upload);
    const std::size_t before = store.site.disk.seen.size();
    UploadSync again(*store.store, upload.number, store.bytes);
    CHECK(again.advance(1));
    CHECK(again.error() == 0);
    CHECK(again.offset() == 5);
    CHECK(store.site.disk.seen.size() == before);
}

TEST_CASE("upload sync: bytes that come meanwhile are not promised", "[uploads]") {
    Store store;
    auto& upload = store.create("/a");
    store.append(upload, "hello");
    UploadSync sync(*store.store, upload.number, store.bytes);
    CHECK_FALSE(sync.advance(1));
    store.append(upload, " world");
    while (!sync.advance(1)) store.site.disk.finish_all();
    CHECK(sync.offset() == 5);
    CHECK(upload.synced == 5);
}

TEST_CASE("upload sync: a disk that fails makes nothing durable, and says which error", "[uploads]") {
    Store store;
    auto& upload = store.create("/a");
    store.append(upload, "hello");
    SECTION("at the bytes") { store.site.disk.data_error = EIO; }
    SECTION("at a directory") { store.site.disk.directory_error = EIO; }
    UploadSync sync(*store.store, upload.number, store.bytes);
    while (!sync.advance(1)) store.site.disk.finish_all();
    CHECK(sync.error() == EIO);
    CHECK(upload.synced == 0);
}

TEST_CASE("upload sync: an upload that is removed meanwhile is no error of the disk", "[uploads]") {
    Store store;
    auto& upload = store.create("/a");
    store.append(upload, "hello");
    UploadSync sync(*store.store, upload.number, store.bytes);
    CHECK_FALSE(sync.advance(1));
    REQUIRE(store.store->remove(upload, uploads::UploadEvent::cancelled));
    while (!sync.advance(1)) store.site.disk.finish_all();
    CHECK(sync.error() == ENOENT);
}

namespace {

std::string state_text(const Store& store, const stored::UploadStore::Upload& upload) {
    return store.site.directory.read(".godwit/" + uploads::state_name(upload.number));
}

bool has_rewritten(const Store& store, const stored::UploadStore::Upload& upload) {
    return store.site.directory.has(".godwit/" + uploads::rewritten_state_name(upload.number));
}

/// Adds lines until the next sync writes the state of `upload` anew.
void make_long(Store& store, stored::UploadStore::Upload& upload) {
    while (!stored::UploadStore::has_long_state(upload)) {
        REQUIRE(store.store->add_line(upload, uploads::synced_line(0)) == 0);
    }
}

/// A sync whose next step takes the state that it wrote anew.
void begin_rewriting(Store& store, UploadSync& sync) {
    CHECK_FALSE(sync.advance(1));
    store.site.disk.finish_all();
    CHECK_FALSE(sync.advance(1));
}

}  // namespace

TEST_CASE("upload sync: a state stays short however many parts come", "[uploads]") {
    Store store;
    auto& upload = store.create("/a");
    const std::string token = stored::UploadStore::token(upload);
    const std::size_t first = state_text(store, upload).size();
    for (int part = 0; part < 1500; ++part) {
        store.append(upload, "x");
        store.sync(upload);
        REQUIRE(upload.synced == upload.offset);
        // What the end of an upload reads.
        REQUIRE(state_text(store, upload).size() <= first + uploads::kMaxAddedBytes + 100);
    }
    CHECK_FALSE(has_rewritten(store, upload));
    store.restart();
    REQUIRE(store.store->find(token) != nullptr);
    CHECK(store.store->find(token)->offset == 1500);
    CHECK(store.store->find(token)->synced == 1500);
}

TEST_CASE("upload sync: a state that is written anew is on disk before it takes the place of the old one",
          "[uploads]") {
    Store store;
    auto& upload = store.create("/a");
    make_long(store, upload);
    const std::string old = state_text(store, upload);
    store.append(upload, "hello");
    UploadSync sync(*store.store, upload.number, store.bytes);
    begin_rewriting(store, sync);
    CHECK(has_rewritten(store, upload));
    CHECK(state_text(store, upload) == old);
    store.site.disk.finish_all();
    CHECK_FALSE(sync.advance(1));
    CHECK(upload.synced == 0);
    CHECK_FALSE(has_rewritten(store, upload));
    CHECK(state_text(store, upload).size() < 1000);
    CHECK(state_text(store, upload).find("synced 5\n") != std::string::npos);
    store.site.disk.finish_all();
    CHECK(sync.advance(1));
    CHECK(upload.synced == 5);
    CHECK(upload.lines_synced == upload.lines_added);
}

TEST_CASE("upload sync: a line that comes while the state is written anew is not lost", "[uploads]") {
    Store store;
    auto& upload = store.create("/a");
    make_long(store, upload);
    store.append(upload, "hello");
    UploadSync sync(*store.store, upload.number, store.bytes);
    begin_rewriting(store, sync);
    REQUIRE(store.store->add_line(upload, uploads::length_line(77)) == 0);
    while (!sync.advance(1)) store.site.disk.finish_all();
    CHECK(sync.error() == 0);
    CHECK(upload.synced == 5);
    const auto state = store.store->read_state(upload);
    REQUIRE(state.has_value());
    CHECK(state->length == 77);
    CHECK(state->synced == 5);
    CHECK_FALSE(has_rewritten(store, upload));
}

TEST_CASE("upload sync: a state that cannot be written anew leaves the old one and nothing beside it", "[uploads]") {
    Store store;
    auto& upload = store.create("/a");
    make_long(store, upload);
    store.append(upload, "hello");
    {
        UploadSync sync(*store.store, upload.number, store.bytes);
        begin_rewriting(store, sync);
        SECTION("given up meanwhile") {}
        SECTION("the disk fails") {
            store.site.disk.data_error = EIO;
            while (!sync.advance(1)) store.site.disk.finish_all();
            CHECK(sync.error() == EIO);
        }
        SECTION("the upload is removed meanwhile") {
            REQUIRE(store.store->remove(upload, uploads::UploadEvent::cancelled));
            while (!sync.advance(1)) store.site.disk.finish_all();
            CHECK(sync.error() == ENOENT);
        }
    }
    for (const std::string& name : store.site.directory.list()) {
        CAPTURE(name);
        CHECK(name.find(".state") == std::string::npos);
    }
}
