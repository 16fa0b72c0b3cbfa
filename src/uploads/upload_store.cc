// The index of uploads, their files, and their end.
#include "uploads/upload_store.h"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "storage/disk_queue.h"
#include "storage/name_calls.h"
#include "uploads/upload_sync.h"

namespace uploads {
namespace {

constexpr mode_t kDirectoryMode = 0700;  // the secrets are in there
constexpr mode_t kStateMode = 0600;
constexpr mode_t kBytesMode = 0666;  // without the process's umask, as for every upload
/// Expired uploads removed in one call of tidy(): some microseconds each, more for large ones.
constexpr int kRemovalsAtOnce = 16;
/// How often tidy() looks, and at least how often where uploads live for seconds only.
constexpr base::MonotonicMs kTidyEveryMs = 60'000;
constexpr base::MonotonicMs kTidyAtMostEveryMs = 250;
constexpr std::uint64_t kNobody = ~std::uint64_t{0};  // a wake that finds no connection

bool fill_random(std::span<std::uint64_t> into) {
    const std::size_t bytes = into.size_bytes();
    return ::getrandom(into.data(), bytes, 0) == static_cast<ssize_t>(bytes);
}

/// In a time that does not tell how much of a guess was right.
bool is_secret(std::string_view guess, std::string_view secret) {
    if (guess.size() != secret.size()) return false;
    unsigned difference = 0;
    for (std::size_t i = 0; i < secret.size(); ++i) difference |= static_cast<unsigned>(guess[i] ^ secret[i]);
    return difference == 0;
}

bool write_whole(int file, std::string_view text) {
    while (!text.empty()) {
        const ssize_t count = ::write(file, text.data(), text.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

/// Where the upload was removed meanwhile this is the last hold of its blocks, which are given back aside.
struct CloseBytes {
    storage::DiskQueue* disk;
    void operator()(PartialFile* bytes) const {
        struct stat status{};
        const bool is_last = ::fstat(bytes->file.get(), &status) == 0 && status.st_nlink == 0;
        if (is_last) disk->close_later(std::move(bytes->file));
        delete bytes;
    }
};

/// The directory of `target`, or the nearest one above it that is there.
base::Fd open_nearest(const storage::FileRoot& root, std::string_view target, std::string& path) {
    for (std::string_view at = target.substr(0, target.rfind('/'));; at = at.substr(0, at.rfind('/'))) {
        path = at.empty() ? "/" : std::string(at);
        auto opened = root.open_directory(path);
        if (opened) return std::move(*opened);
        if (at.empty() || opened.error().number != ENOENT) return base::Fd();
    }
}

}  // namespace

UploadStore::UploadStore(const storage::WriteParts& parts, const UploadLimits& limits)
    : parts_(parts), limits_(limits), tidied_ms_(parts.clock.now_ms()) {}

UploadStore::~UploadStore() = default;

bool UploadStore::open_directory(Missing missing) {
    struct stat status{};
    // Somebody may have removed it: what is made in a directory without a name is lost.
    if (directory_ && ::fstat(directory(), &status) == 0 && status.st_nlink > 0) return true;
    const int root = parts_.root.descriptor();
    const int error =
        missing == Missing::is_made ? storage::make_directory_above(root, kUploadDirectory, kDirectoryMode) : 0;
    if (error != 0 && error != EEXIST) return false;
    base::Fd opened(::openat(root, kUploadDirectory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    directory_ = opened ? base::share(std::move(opened)) : nullptr;
    return directory_ != nullptr;
}

std::string UploadStore::token(const Upload& upload) { return hexadecimal(upload.number) + upload.secret; }

UploadStore::Upload* UploadStore::find(std::uint64_t number) {
    const auto found = uploads_.find(number);
    return found == uploads_.end() ? nullptr : &found->second;
}

UploadStore::Upload* UploadStore::find(std::string_view token) {
    if (token.size() != kUploadNumberDigits + kUploadSecretDigits) return nullptr;
    const auto number = parse_hexadecimal(token.substr(0, kUploadNumberDigits));
    if (!number) return nullptr;
    Upload* const upload = find(*number);
    return upload != nullptr && is_secret(token.substr(kUploadNumberDigits), upload->secret) ? upload : nullptr;
}

UploadStore::Upload* UploadStore::create(UploadState& state, std::shared_ptr<const PartialFile>& bytes) {
    std::array<std::uint64_t, 3> random{};
    if (pending_ >= limits_.max_pending || !open_directory(Missing::is_made) || !fill_random(random)) return nullptr;
    const std::uint64_t number = random[0];
    if (uploads_.contains(number)) return nullptr;  // once in the life of many suns
    PartialFile made{open_nearest(parts_.root, state.target, state.directory), {}};
    if (!made.directory) return nullptr;
    const std::string name = partial_name(number);
    made.file = base::Fd(
        ::openat(made.directory.get(), name.c_str(), O_CREAT | O_EXCL | O_NOFOLLOW | O_RDWR | O_CLOEXEC, kBytesMode));
    if (!made.file) return nullptr;
    state.secret = hexadecimal(random[1]) + hexadecimal(random[2]);
    state.boot = boot_;
    const base::Fd file(::openat(directory(), state_name(number).c_str(),
                                 O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY | O_CLOEXEC, kStateMode));
    if (!file || !write_whole(file.get(), write_upload_state(state))) {
        unlink(number, state);
        return nullptr;
    }
    Upload& upload = uploads_[number];
    upload.number = number;
    upload.secret = state.secret;
    upload.length = state.length;
    ++pending_;
    prolong(upload);
    bytes = std::shared_ptr<const PartialFile>(new PartialFile(std::move(made)), CloseBytes{&parts_.disk});
    return &upload;
}

std::expected<std::shared_ptr<const PartialFile>, storage::FileError> UploadStore::open_bytes(Upload& upload) {
    const auto state = read_state(upload);
    if (!state) return std::unexpected(state.error());
    auto directory = parts_.root.open_directory(state->directory);
    if (!directory) return std::unexpected(directory.error());
    PartialFile opened{std::move(*directory), {}};
    // A link, a pipe or a file with a second name is not what we made.
    opened.file = base::Fd(::openat(opened.directory.get(), partial_name(upload.number).c_str(),
                                    O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    struct stat status{};
    if (!opened.file || ::fstat(opened.file.get(), &status) != 0) return std::unexpected(storage::FileError{errno});
    if (!S_ISREG(status.st_mode) || status.st_nlink != 1) return std::unexpected(storage::FileError{EINVAL});
    // Another process of ours may have gone on with it; what a client was told of can never be taken back.
    const auto size = static_cast<std::uint64_t>(status.st_size);
    if (size < upload.offset) return std::unexpected(storage::FileError{EINVAL});
    upload.offset = size;
    return std::shared_ptr<const PartialFile>(new PartialFile(std::move(opened)), CloseBytes{&parts_.disk});
}

bool UploadStore::add_line(const Upload& upload, std::string_view line, base::Fd* state_file) const {
    base::Fd file(
        ::openat(directory(), state_name(upload.number).c_str(), O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC));
    struct stat status{};
    if (!file || ::fstat(file.get(), &status) != 0) return false;
    if (static_cast<std::uint64_t>(status.st_size) + line.size() > kMaxStateBytes) return false;
    if (!write_whole(file.get(), line)) return false;
    if (state_file != nullptr) *state_file = std::move(file);
    return true;
}

void UploadStore::prolong(Upload& upload) const { upload.expires_s = parts_.clock.unix_seconds() + limits_.expiry_s; }

void UploadStore::set_complete(Upload& upload) {
    if (upload.phase != Phase::complete) --pending_;
    upload.phase = Phase::complete;
    upload.length = upload.offset;
    upload.expires_s = parts_.clock.unix_seconds() + std::min(limits_.keep_complete_s, limits_.expiry_s);
    add_line(upload, complete_line());
    wake_waiting(upload);
    complete_.push_back(upload.number);
    forget_oldest_complete();
}

void UploadStore::wake_waiting(Upload& upload) {
    for (const http::Wake wake : std::exchange(upload.waiting, {})) parts_.disk.wake_later(wake);
}

void UploadStore::forget_oldest_complete() {
    while (complete_.size() > limits_.max_complete) {
        Upload* const oldest = find(complete_.front());
        complete_.pop_front();
        if (oldest != nullptr) remove(*oldest);
    }
}

void UploadStore::unlink(std::uint64_t number, const std::optional<UploadState>& state) const {
    if (state && !state->complete) {
        // The bytes first: a state without bytes is removed at the next start.
        if (const auto directory = parts_.root.open_directory(state->directory)) {
            base::Fd held = storage::hold_content(directory->get(), partial_name(number));
            storage::remove_own({directory->get(), partial_name(number)});
            if (held) parts_.disk.close_later(std::move(held));
        }
    }
    storage::remove_own({directory(), state_name(number)});
}

void UploadStore::remove(Upload& upload) {
    unlink(upload.number, read_state(upload.number, nullptr));
    wake_waiting(upload);
    if (upload.phase != Phase::complete) --pending_;
    uploads_.erase(upload.number);
}

bool UploadStore::take_from_turn(std::uint64_t bytes, std::uint64_t limit) {
    // The clock stands still within a turn.
    const std::int64_t now_ns = parts_.clock.unix_ns();
    if (std::exchange(turn_ns_, now_ns) != now_ns) worked_ = 0;
    if (worked_ >= limit) return false;
    worked_ += bytes;
    return true;
}

void UploadStore::sync_in_background(Upload& upload, std::shared_ptr<const PartialFile> bytes) {
    const std::uint64_t number = upload.number;
    const bool goes_on =
        std::ranges::any_of(background_, [&](const UploadSync& each) { return each.number() == number; });
    if (goes_on || parts_.durability == storage::Durability::none) return;
    background_.emplace_back(*this, number, std::move(bytes)).advance(kNobody);
}

void UploadStore::collect_syncs() {
    background_.remove_if([](UploadSync& each) { return each.advance(kNobody); });
}

std::optional<base::MonotonicMs> UploadStore::tidy_due() const {
    if (uploads_.empty() && !directory_) return std::nullopt;
    const base::MonotonicMs shortest = std::min(limits_.expiry_s, limits_.keep_complete_s) * 1000 / 4;
    return tidied_ms_ + std::clamp(shortest, kTidyAtMostEveryMs, kTidyEveryMs);
}

void UploadStore::tidy() {
    tidied_ms_ = parts_.clock.now_ms();
    collect_syncs();
    const std::int64_t now = parts_.clock.unix_seconds();
    std::array<std::uint64_t, kRemovalsAtOnce> expired{};
    std::size_t count = 0;
    for (const auto& [number, upload] : uploads_) {
        // Seconds are counted down: never earlier than a client was told.
        if (upload.expires_s >= now || upload.is_busy()) continue;
        expired[count++] = number;
        if (count == expired.size()) break;
    }
    for (const std::uint64_t number : std::span(expired).first(count)) remove(*find(number));
    std::erase_if(complete_, [&](std::uint64_t number) { return !uploads_.contains(number); });
    if (!uploads_.empty() || !directory_) return;
    // The last one is gone, and leaves nothing.
    if (storage::remove_empty_directory(parts_.root.descriptor(), kUploadDirectory) == 0) directory_.reset();
}

}  // namespace uploads
