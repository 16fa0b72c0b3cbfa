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
