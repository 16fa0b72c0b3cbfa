// Writes what UploadStore notes in state files: lines at their ends, and from time to time a state that is short again.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/file_io.h"
#include "storage/name_calls.h"
#include "uploads/upload_store.h"

namespace uploads {
namespace {

/// Returns an errno, or 0.
int sync_file(int file) { return ::fsync(file) == 0 || errno == EINVAL ? 0 : errno; }

}  // namespace

int UploadStore::write_text(int file, std::string_view text) {
    std::uint64_t offset = 0;  // it does not count where the file is open for appending
    return base::write_at(file, offset, std::as_bytes(std::span(text)));
}

int UploadStore::add_line(Upload& upload, std::string_view line, base::Fd* state_file) const {
    base::Fd file;
    struct stat status{};
    const auto open = [&] {
        file = open_state(upload.number, O_WRONLY | O_APPEND);
        return file && ::fstat(file.get(), &status) == 0 ? 0 : errno;
    };
    if (const int error = open(); error != 0) return error;
    if (static_cast<std::uint64_t>(status.st_size) + line.size() > kMaxStateBytes) {
        if (const int error = shorten_state(upload); error != 0) return error;
        if (const int error = open(); error != 0) return error;
    }
    if (const int error = write_text(file.get(), line); error != 0) {
        // Half a line would make the next one unreadable.
        return ::ftruncate(file.get(), status.st_size) == 0 ? error : EIO;
    }
    ++upload.lines_added;
    upload.added_bytes += line.size();
    if (state_file != nullptr) *state_file = std::move(file);
    return 0;
}

void UploadStore::note_length(Upload& upload, std::uint64_t length) const {
    if (!upload.length && add_line(upload, length_line(length)) == 0) upload.length = length;
}

int UploadStore::note_publishing(Upload& upload, const UploadState& state, int file) const {
    struct stat status{};
    if (::fstat(file, &status) != 0) return errno;
    if (state.length == upload.offset && state.publishing == status.st_ino) return 0;
    return add_line(upload, length_line(upload.offset) + publishing_line(status.st_ino));
}

std::expected<base::Fd, int> UploadStore::rewrite_state(Upload& upload, std::uint64_t synced) const {
    upload.added_bytes = 0;  // also after a failure, which would otherwise come with every line
    auto state = read_state(upload);
    if (!state) return std::unexpected(state.error().number);
    state->synced = std::max(state->synced, synced);
    const std::string text = write_upload_state(*state);
    if (text.size() > kMaxStateBytes / 2) return std::unexpected(EOVERFLOW);
    // The state was read in that directory.
    base::Fd file(::openat(directory_->get(), rewritten_state_name(upload.number).c_str(),
                           O_CREAT | O_TRUNC | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, kStateMode));
    if (!file) return std::unexpected(errno);
    if (const int error = write_text(file.get(), text); error != 0) {
        drop_rewritten(upload.number);
        return std::unexpected(error);
    }
    return file;
}

int UploadStore::take_rewritten(std::uint64_t number) const {
    if (directory_ == nullptr) return EBADF;
    const int error = storage::replace_own({directory_->get(), rewritten_state_name(number)}, state_name(number));
    if (error != 0) drop_rewritten(number);
    return error;
}

void UploadStore::drop_rewritten(std::uint64_t number) const {
    if (directory_ != nullptr) storage::remove_own({directory_->get(), rewritten_state_name(number)});
}

/// For a state that became so long because it could not be written anew in the background. It waits for the disk: what
/// was durable in the old file has to be so in the new one before that takes the name.
int UploadStore::shorten_state(Upload& upload) const {
    const auto file = rewrite_state(upload, 0);
    if (!file) return file.error();
    const bool is_durable = parts_.durability != storage::Durability::none;
    if (const int error = is_durable ? sync_file(file->get()) : 0; error != 0) {
        drop_rewritten(upload.number);
        return error;
    }
    if (const int error = take_rewritten(upload.number); error != 0) return error;
    return is_durable ? sync_file(directory_->get()) : 0;
}

}  // namespace uploads
