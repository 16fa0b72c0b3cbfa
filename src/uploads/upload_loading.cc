// Reads what UploadStore finds at the start: every state file, however the last process or machine ended.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <span>
#include <utility>

#include "base/directory_stream.h"
#include "base/file_io.h"
#include "base/file_stamp.h"
#include "storage/name_calls.h"
#include "uploads/upload_store.h"
#include "uploads/upload_sync.h"

namespace uploads {
namespace {

/// How many numbers storage::FileCommit gives files whose name is taken.
constexpr unsigned kMaxNumber = 999;
constexpr const char* kBootFile = "/proc/sys/kernel/random/boot_id";

/// Up to `limit` bytes of the file that was just opened, or the error of opening it. "gone" also when it is no regular
/// file, or is longer.
std::expected<std::string, BytesError> read_file(const base::Fd& file, std::size_t limit, struct stat& status) {
    using Kind = BytesError::Kind;
    if (!file) return std::unexpected(bytes_error(errno));
    if (::fstat(file.get(), &status) != 0) return std::unexpected(BytesError{Kind::out_of_reach, errno});
    if (!S_ISREG(status.st_mode)) return std::unexpected(BytesError{Kind::gone, EINVAL});
    std::string text;
    while (text.size() <= limit) {
        const std::size_t before = text.size();
        text.resize(before + 4096);
        const ssize_t count = ::read(file.get(), text.data() + before, 4096);
        if (count < 0 && errno != EINTR) return std::unexpected(BytesError{Kind::out_of_reach, errno});
        text.resize(before + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
        if (count == 0) return text;
    }
    return std::unexpected(BytesError{Kind::gone, EOVERFLOW});
}

/// A word that changes with each start of the machine. Where the kernel has none it changes at each call, so that only
/// synced bytes count.
std::string read_boot() {
    struct stat status{};
    const base::Fd file(::open(kBootFile, O_RDONLY | O_CLOEXEC));
    auto text = read_file(file, 256, status);
    if (!text || text->empty()) {
        struct timespec now{};
        ::clock_gettime(CLOCK_REALTIME, &now);
        return "unknown-" + std::to_string(now.tv_sec) + "-" + std::to_string(now.tv_nsec);
    }
    return text->substr(0, text->find('\n'));
}

}  // namespace

std::expected<UploadState, BytesError> UploadStore::read_state(std::uint64_t number, struct stat* status) const {
    struct stat own{};
    const base::Fd file = open_state(number, O_RDONLY | O_NONBLOCK);
    const auto text = read_file(file, kMaxStateBytes, status != nullptr ? *status : own);
    if (!text) return std::unexpected(text.error());
    auto state = parse_upload_state(*text);
    if (!state) return std::unexpected(BytesError{BytesError::Kind::gone, EINVAL});
    return std::move(*state);
}

std::expected<UploadState, BytesError> UploadStore::read_state(const Upload& upload) const {
    return read_state(upload.number, nullptr);
}

std::expected<UploadPlace, BytesError> UploadStore::read_place(const Upload& upload) const {
    std::array<char, kStateBeginBytes> begin{};
    if (const base::Fd file = open_state(upload.number, O_RDONLY | O_NONBLOCK)) {
        const std::size_t count = base::read_at(file.get(), 0, std::as_writable_bytes(std::span(begin)));
        if (auto place = parse_upload_place({begin.data(), begin.data() + count})) return std::move(*place);
    }
    // A very long path, or a fault that reading it whole tells.
    const auto state = read_state(upload);
    if (!state) return std::unexpected(state.error());
    return UploadPlace{state->directory, state->directory_number};
}

void UploadStore::go_on() {
    const bool is_awaited = loading_ == Loading::awaited;
    loading_ = Loading::at_once;
    if (is_awaited) load();
}

void UploadStore::load() {
    if (loading_ != Loading::at_once) loading_ = Loading::awaited;
    if (loading_ != Loading::at_once || !boot_.empty()) return;
    boot_ = read_boot();
    read_states();
    tidy();
}

/// This is tried again at every request for an upload, until the directory could be read to its end.
void UploadStore::read_states() {
    const int error = open_directory(Missing::stays_missing);
    is_loaded_ = error == ENOENT || error == ENOTDIR || error == ELOOP;  // there is none
    if (error != 0) return;
    base::DirectoryStream entries(base::Fd(::openat(directory_->get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)));
    if (!entries) return;
    std::vector<std::pair<std::int64_t, std::uint64_t>> numbers;  // in the order of their last change
    while (const dirent* const entry = entries.next()) {
        struct stat status{};
        const auto number = parse_state_name(entry->d_name);
        if (is_rewritten_state_name(entry->d_name)) storage::remove_own({directory_->get(), entry->d_name});
        if (!number) continue;
        ::fstatat(entries.descriptor(), entry->d_name, &status, AT_SYMLINK_NOFOLLOW);
        numbers.emplace_back(base::nanoseconds_of(status.st_mtim), *number);
    }
    is_loaded_ = errno == 0;
    std::ranges::sort(numbers);
    for (const auto& [changed_ns, number] : numbers) load_one(number);
    forget_oldest_complete();
}

/// Tells whether the file got its name just before the process died: the target, or a name with a number, is that file.
/// An errno when this cannot be told now.
std::expected<bool, int> UploadStore::is_published(const UploadState& state) const {
    if (state.complete) return true;
    if (!state.publishing) return false;
    const auto is_it = [&](const std::string& path) -> std::expected<bool, int> {
        const auto found = parts_.root.stat_name_inside(path);
        if (!found)
            return found.error().number == ENOENT ? std::expected<bool, int>(false)
                                                  : std::unexpected(found.error().number);
        return S_ISREG(found->st_mode) && found->st_ino == *state.publishing;
    };
    auto published = is_it(state.target);
    const std::size_t slash = state.target.rfind('/') + 1;
    for (unsigned i = 1; i <= kMaxNumber && published && !*published; ++i) {
        if (state.on_conflict != storage::OnConflict::rename) break;
        published = is_it(state.target.substr(0, slash) + storage::numbered_name(state.target.substr(slash), i));
    }
    return published;
}

UploadStore::Settled UploadStore::settle_gone(Upload& upload) {
    const auto state = read_state(upload);
    if (!state && state.error().kind == BytesError::Kind::out_of_reach) return Settled::unknown;
    const auto published = state ? is_published(*state) : std::expected<bool, int>(false);
    if (!published) return Settled::unknown;
    if (*published) {
        set_complete(upload);
        return Settled::complete;
    }
    remove(upload, UploadEvent::ruined);
    return Settled::removed;
}

/// Looks for the bytes of an upload in the phase `away`, to see how far it came. It stays away when the bytes cannot be
/// looked at, and is removed when bytes are missing that a client was told of.
void UploadStore::look(Upload& upload) {
    struct stat status{};
    const auto state = read_state(upload.number, &status);
    if (!state) {
        if (state.error().kind == BytesError::Kind::gone) remove(upload, UploadEvent::ruined);
        return;
    }
    std::int64_t changed_s = status.st_mtim.tv_sec;
    upload.offset = upload.synced = state->synced;
    const auto opened = open_bytes(upload, UploadPlace{state->directory, state->directory_number});
    if (!opened) {
        const auto published = is_published(*state);
        if (published && *published) {
            upload.offset = state->length.value_or(state->synced);
            if (!state->complete) add_line(upload, "\n" + complete_line());
            enter_complete(upload, changed_s);
        } else if (published && opened.error().kind == BytesError::Kind::gone) {
            remove(upload, UploadEvent::ruined);
        }
        return;
    }
    const int file = (*opened)->file.get();
    if (::fstat(file, &status) == 0) changed_s = std::max<std::int64_t>(changed_s, status.st_mtim.tv_sec);
    if (state->boot != boot_) {
        // After a power loss only synced bytes are surely what the client sent. The line begins with a line end,
        // because the last line may be unfinished.
        if (::ftruncate(file, static_cast<off_t>(state->synced)) != 0) return;
        if (add_line(upload, "\n" + boot_line(boot_)) != 0) return;
        upload.offset = state->synced;
    }
    upload.expires_s = changed_s + limits_.expiry_s;
    move(upload, UploadEvent::bytes_found);
}

void UploadStore::load_one(std::uint64_t number) {
    unread_.erase(number);
    if (uploads_.contains(number)) return;
    struct stat status{};
    const auto state = read_state(number, &status);
    if (!state) {
        if (state.error().kind == BytesError::Kind::out_of_reach) {
            unread_.insert(number);
        } else {
            unlink_state(number);
        }
        return;
    }
    Upload& upload = uploads_[number];
    upload.number = number;
    upload.secret = state->secret;
    upload.user = state->user;
    upload.link = state->link;
    upload.length = state->length;
    upload.expires_s = status.st_mtim.tv_sec + limits_.expiry_s;
    upload.added_bytes = static_cast<std::size_t>(status.st_size);
    ++pending_;
    look(upload);
}

}  // namespace uploads
