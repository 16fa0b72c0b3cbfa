// Makes an upload's offset durable before a client is told of it: the bytes are synced, then the state is written, then
// the state is synced. A state that many lines were added to is written anew then. Called by resumption_answers, and by
// UploadStore for syncs in the background.
#pragma once

#include <cstdint>
#include <memory>

#include "storage/file_commit.h"
#include "uploads/upload_store.h"

namespace uploads {

class UploadSync {
public:
    /// `store` outlives this. Syncs the bytes that exist at the first advance().
    UploadSync(UploadStore& store, std::uint64_t number, std::shared_ptr<const PartialFile> bytes)
        : store_(&store), number_(number), bytes_(std::move(bytes)) {}
    /// A state that is being written anew is given up; the one there is stays.
    ~UploadSync();
    UploadSync(const UploadSync&) = delete;
    UploadSync& operator=(const UploadSync&) = delete;

    /// Starts the work, or goes on after `wake`. False while the disk works.
    bool advance(http::Wake wake);
    /// Once done: 0, or an errno; ENOENT when the upload was removed meanwhile.
    [[nodiscard]] int error() const { return error_; }
    /// The durable offset, once done.
    [[nodiscard]] std::uint64_t offset() const { return offset_; }
    [[nodiscard]] std::uint64_t number() const { return number_; }

private:
    enum class Step : std::uint8_t { beginning, syncing_bytes, syncing_rewritten, syncing_state, done };

    bool begin(http::Wake wake);
    bool write_state(http::Wake wake);
    bool add_line(http::Wake wake);
    bool take_rewritten(http::Wake wake);
    void sync_names(http::Wake wake);
    bool finish();
    bool fail(int error);

    UploadStore* store_;
    std::uint64_t number_;
    std::shared_ptr<const PartialFile> bytes_;
    Step step_ = Step::beginning;
    int error_ = 0;
    std::uint64_t offset_ = 0;
    storage::SyncTicket data_;  ///< null: the bytes are synced already
    storage::SyncTicket line_;
    std::uint64_t lines_ = 0;  ///< of the state, when its sync began
    storage::DiskOperations names_;
};

}  // namespace uploads
