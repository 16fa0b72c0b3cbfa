// A directory whose resumable uploads tests make, sync, break and load anew.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <memory>
#include <optional>
#include <string>

#include "support/catch.h"
#include "support/fake_clock.h"
#include "support/write_site.h"
#include "uploads/upload_store.h"
#include "uploads/upload_sync.h"

namespace stored {

using uploads::UploadState;
using uploads::UploadStore;
using Bytes = std::shared_ptr<const uploads::PartialFile>;

inline UploadState state_for(std::string_view target) {
    UploadState state;
    state.method = "PUT";
    state.target = state.location = target;
    return state;
}

/// A directory whose uploads are loaded anew by restart(), as by another process.
struct Store {
    explicit Store(const uploads::UploadLimits& limits = {}) : limits_(limits) { restart(); }

    void restart() {
        store.reset();
        storage::WriteParts parts = *site.parts;
        store_parts.emplace(storage::WriteParts{.root = parts.root,
                                                .new_directories = parts.new_directories,
                                                .names = parts.names,
                                                .disk = parts.disk,
                                                .clock = clock,
                                                .durability = parts.durability});
        store.emplace(*store_parts, limits_);
        store->load();
    }
    UploadStore::Upload& create(std::string_view target) {
        UploadState state = state_for(target);
        const auto upload = store->create(state, {}, bytes);
        REQUIRE(upload.has_value());
        return **upload;
    }
    void append(UploadStore::Upload& upload, std::string_view text) {
        REQUIRE(::pwrite(bytes->file.get(), text.data(), text.size(), static_cast<off_t>(upload.offset)) ==
                static_cast<ssize_t>(text.size()));
        upload.offset += text.size();
    }
    void sync(const UploadStore::Upload& upload) {
        uploads::UploadSync sync(*store, upload.number, bytes);
        while (!sync.advance(1)) site.disk.finish_all();
        CHECK(sync.error() == 0);
    }
    [[nodiscard]] std::string state_path(const UploadStore::Upload& upload) const {
        return site.directory.at(".godwit/" + uploads::state_name(upload.number));
    }
    /// As after a start of the machine.
    void change_boot(const UploadStore::Upload& upload) const {
        const std::string name = ".godwit/" + uploads::state_name(upload.number);
        std::string text = site.directory.read(name);
        const std::size_t at = text.find("boot ");
        text.replace(at, text.find('\n', at) - at, "boot another");
        site.directory.write(name, text);
    }

    void set_limits(const uploads::UploadLimits& limits) { limits_ = limits; }

    support::WriteSite site;
    FakeClock clock{::time(nullptr)};
    std::optional<storage::WriteParts> store_parts;
    std::optional<UploadStore> store;
    Bytes bytes;

private:
    uploads::UploadLimits limits_;
};

}  // namespace stored
