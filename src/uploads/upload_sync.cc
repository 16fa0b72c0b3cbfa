// The order of the syncs.
#include "uploads/upload_sync.h"

#include <algorithm>
#include <cerrno>

namespace uploads {

UploadSync::~UploadSync() {
    if (step_ == Step::syncing_rewritten) store_->drop_rewritten(number_);
}

bool UploadSync::fail(int error) {
    error_ = error;
    step_ = Step::done;
    return true;
}

bool UploadSync::advance(http::Wake wake) {
    while (true) {
        switch (step_) {
            case Step::beginning:
                if (!begin(wake)) return false;
                break;
            case Step::syncing_bytes:
                if (data_ != nullptr && !data_->done) return false;
                if (data_ != nullptr && data_->error != 0) return fail(data_->error);
                if (!write_state(wake)) return true;
                break;
            case Step::syncing_rewritten:
                if (!line_->done) return false;
                if (!take_rewritten(wake)) return true;
                break;
            case Step::syncing_state:
                if (!line_->done || !names_.done()) return false;
                if (line_->error != 0) return fail(line_->error);
                if (names_.error() != 0) return fail(names_.error());
                return finish();
            case Step::done: return true;
        }
    }
}

/// False while the disk works.
bool UploadSync::begin(http::Wake wake) {
    Upload* const upload = store_->find(number_);
    if (upload == nullptr) return fail(ENOENT);
    offset_ = upload->offset;
    const bool certain = upload->synced == offset_ && upload->names == Upload::Names::durable &&
                         upload->lines_synced == upload->lines_added;
    if (certain || store_->parts().durability == storage::Durability::none) return finish();
    step_ = Step::syncing_bytes;
    if (upload->synced != offset_) data_ = store_->parts().disk.sync_data({bytes_, &bytes_->file}, wake);
    return true;
}

/// False after a failure.
bool UploadSync::write_state(http::Wake wake) {
    Upload* const upload = store_->find(number_);
    if (upload == nullptr) return !fail(ENOENT);
    if (!UploadStore::has_long_state(*upload)) return add_line(wake);
    auto rewritten = store_->rewrite_state(*upload, offset_);
    // One that cannot be written anew now is a line longer.
    if (!rewritten) return add_line(wake);
    lines_ = upload->lines_added;
    step_ = Step::syncing_rewritten;
    line_ = store_->parts().disk.sync_data(base::share(std::move(*rewritten)), wake);
    return true;
}

bool UploadSync::add_line(http::Wake wake) {
    Upload& upload = *store_->find(number_);
    base::Fd state;
    if (const int error = store_->add_line(upload, synced_line(offset_), &state); error != 0) return !fail(error);
    lines_ = upload.lines_added;
    step_ = Step::syncing_state;
    line_ = store_->parts().disk.sync_data(base::share(std::move(state)), wake);
    if (upload.names != Upload::Names::durable) sync_names(wake);
    return true;
}

/// False after a failure. A line that was added meanwhile would be lost, so the old state stays then.
bool UploadSync::take_rewritten(http::Wake wake) {
    Upload* const upload = store_->find(number_);
    if (upload == nullptr || line_->error != 0 || upload->lines_added != lines_) {
        store_->drop_rewritten(number_);
        return upload == nullptr ? !fail(ENOENT) : add_line(wake);
    }
    if (store_->take_rewritten(number_) != 0) return add_line(wake);
    // Somebody else may be writing it anew as well, and has not this offset.
    ++upload->lines_added;
    lines_ = upload->lines_added;
    step_ = Step::syncing_state;
    sync_names(wake);
    return true;
}

/// The names of both files, and of the directory of the states.
void UploadSync::sync_names(http::Wake wake) {
    names_.sync_directories(store_->parts().disk,
                            {store_->shared_directory(), store_->parts().root.shared(), {bytes_, &bytes_->directory}},
                            wake);
}

bool UploadSync::finish() {
    step_ = Step::done;
    Upload* const upload = store_->find(number_);
    if (upload == nullptr || store_->parts().durability == storage::Durability::none) return true;
    upload->synced = std::max(upload->synced, offset_);
    upload->lines_synced = std::max(upload->lines_synced, lines_);
    upload->names = Upload::Names::durable;
    return true;
}

}  // namespace uploads
