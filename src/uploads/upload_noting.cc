// Writes what UploadStore notes in state files: lines at their ends, and from time to time a state that is short again.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

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
        if (const int error = shorten_state(upload.number); error != 0) return error;
        if (const int error = open(); error != 0) return error;
    }
    if (const int error = write_text(file.get(), line); error != 0) {
        // Half a line would make the next one unreadable.
        return ::ftruncate(file.get(), status.st_size) == 0 ? error : EIO;
    }
    ++upload.lines_added;
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

/// Replaces the state by one that has each line once. This is done after some ten thousand lines, so it may wait for
/// the disk here: what was durable in the old file has to be so in the new one before that takes the name.
int UploadStore::shorten_state(std::uint64_t number) const {
    const auto state = read_state(number, nullptr);
    if (!state) return state.error().number;
    const std::string text = write_upload_state(*state);
    if (text.size() > kMaxStateBytes / 2) return EOVERFLOW;
    const std::string name = rewritten_state_name(number);
    const int states = directory_->get();  // the state was read there
    const base::Fd file(
        ::openat(states, name.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, kStateMode));
    if (!file) return errno;
    const bool is_durable = parts_.durability != storage::Durability::none;
    int error = write_text(file.get(), text);
    if (error == 0 && is_durable) error = sync_file(file.get());
    if (error == 0) error = storage::replace_own({states, name}, state_name(number));
    if (error != 0) {
        storage::remove_own({states, name});
        return error;
    }
    return is_durable ? sync_file(states) : 0;
}

}  // namespace uploads
