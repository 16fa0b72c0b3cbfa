// The order of the syncs.
#include "uploads/upload_sync.h"

#include <algorithm>
#include <cerrno>

namespace uploads {

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
                if (!sync_state(wake)) return true;
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
bool UploadSync::sync_state(http::Wake wake) {
    Upload* const upload = store_->find(number_);
    if (upload == nullptr) return !fail(ENOENT);
    base::Fd state;
    if (const int error = store_->add_line(*upload, synced_line(offset_), &state); error != 0) return !fail(error);
    lines_ = upload->lines_added;
    step_ = Step::syncing_state;
    line_ = store_->parts().disk.sync_data(base::share(std::move(state)), wake);
    if (upload->names == Upload::Names::durable) return true;
    // The names of both files, and of the directory of the states.
    names_.sync_directories(store_->parts().disk,
                            {store_->shared_directory(), store_->parts().root.shared(), {bytes_, &bytes_->directory}},
                            wake);
    return true;
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
