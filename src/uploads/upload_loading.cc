// What UploadStore finds at its start: every state file, whatever the last process or machine did to it.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "uploads/upload_store.h"
#include "uploads/upload_sync.h"

namespace uploads {
namespace {

constexpr const char* kBootFile = "/proc/sys/kernel/random/boot_id";

struct CloseDirectory {
    void operator()(DIR* directory) const { ::closedir(directory); }
};

/// Up to `limit` bytes of `name`, a regular file; nullopt when there is no such file, or it is longer.
std::optional<std::string> read_file(int directory, const char* name, std::size_t limit, struct stat& status) {
    const base::Fd file(::openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!file || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
    std::string text;
    while (text.size() <= limit) {
        const std::size_t before = text.size();
        text.resize(before + 4096);
        const ssize_t count = ::read(file.get(), text.data() + before, 4096);
        if (count < 0 && errno != EINTR) return std::nullopt;
        text.resize(before + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
        if (count == 0) return text;
    }
    return std::nullopt;
}

/// One word that is another after each start of the machine; a new one each time where the kernel has none, so that
/// only synced bytes count.
std::string read_boot() {
    struct stat status{};
    auto text = read_file(AT_FDCWD, kBootFile, 256, status);
    if (!text || text->empty()) {
        struct timespec now{};
        ::clock_gettime(CLOCK_REALTIME, &now);
        return "unknown-" + std::to_string(now.tv_sec) + "-" + std::to_string(now.tv_nsec);
    }
    return text->substr(0, text->find('\n'));
}

}  // namespace

std::optional<UploadState> UploadStore::read_state(std::uint64_t number, struct stat* status) const {
    struct stat own{};
    const auto text =
        read_file(directory(), state_name(number).c_str(), kMaxStateBytes, status != nullptr ? *status : own);
    return text ? parse_upload_state(*text) : std::nullopt;
}

std::expected<UploadState, storage::FileError> UploadStore::read_state(const Upload& upload) const {
    auto state = read_state(upload.number, nullptr);
    if (!state) return std::unexpected(storage::FileError{ENOENT});
    return std::move(*state);
}

void UploadStore::load() {
    boot_ = read_boot();
    if (!open_directory(Missing::stays_missing)) return;
    const int copy = ::openat(directory(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const std::unique_ptr<DIR, CloseDirectory> entries(copy < 0 ? nullptr : ::fdopendir(copy));
    if (!entries) return;
    std::vector<std::uint64_t> numbers;
    while (const dirent* const entry = ::readdir(entries.get())) {
        if (const auto number = parse_state_name(entry->d_name)) numbers.push_back(*number);
    }
    for (const std::uint64_t number : numbers) load_one(number);
    tidy();
}

/// The upload's directory was moved or removed, or its file got its name just before the process died.
bool UploadStore::is_published(const UploadState& state) const {
    if (state.complete) return true;
    const auto target = parts_.root.stat_name(state.target);
    return state.publishing && target && S_ISREG(target->st_mode) && target->st_ino == *state.publishing;
}

/// How far it came, by what is on disk. False when bytes are missing that a client was told of, or there is no file.
bool UploadStore::find_offset(Upload& upload, const UploadState& state, std::int64_t& changed_s) {
    upload.offset = upload.synced = state.synced;
    const auto opened = open_bytes(upload);
    struct stat status{};
    if (!opened || ::fstat((*opened)->file.get(), &status) != 0) return false;
    changed_s = std::max<std::int64_t>(changed_s, status.st_mtim.tv_sec);
    if (state.boot == boot_) return true;
    // After a power loss only what was synced is what the client sent.
    if (::ftruncate((*opened)->file.get(), static_cast<off_t>(state.synced)) != 0) return false;
    upload.offset = state.synced;
    // On a line of its own, also behind one that was being written when the machine stopped.
    return add_line(upload, "\n" + boot_line(boot_));
}

void UploadStore::load_one(std::uint64_t number) {
    struct stat status{};
    const auto state = read_state(number, &status);
    const bool has_room = uploads_.size() < limits_.max_pending + limits_.max_complete;
    std::int64_t changed_s = status.st_mtim.tv_sec;
    Upload upload;
    upload.number = number;
    if (state && has_room) {
        upload.secret = state->secret;
        upload.length = state->length;
        if (find_offset(upload, *state, changed_s)) {
            ++pending_;
        } else if (is_published(*state)) {
            upload.phase = Phase::complete;
            upload.offset = state->length.value_or(state->synced);
            if (!state->complete) add_line(upload, "\n" + complete_line());
            complete_.push_back(number);
        } else {
            unlink(number, state);
            return;
        }
        const bool is_complete = upload.phase == Phase::complete;
        upload.expires_s =
            changed_s + (is_complete ? std::min(limits_.keep_complete_s, limits_.expiry_s) : limits_.expiry_s);
        uploads_.emplace(number, std::move(upload));
        return;
    }
    unlink(number, state);
}

}  // namespace uploads
