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

#include "base/directory_stream.h"
#include "storage/disk_queue.h"
#include "storage/name_calls.h"
#include "uploads/upload_sync.h"

namespace uploads {
namespace {

constexpr mode_t kDirectoryMode = 0700;  // because it holds the secrets
constexpr mode_t kBytesMode = 0666;      // without the process's umask, as for every upload
/// Expired uploads removed in one call of tidy(): some microseconds each, more for large ones.
constexpr int kRemovalsAtOnce = 16;
/// How often tidy() looks for expired uploads, and the least interval where uploads live for seconds only.
constexpr base::MonotonicMs kTidyEveryMs = 60'000;
constexpr base::MonotonicMs kTidyAtMostEveryMs = 250;
constexpr std::int64_t kRetryRemovalSeconds = 600;
constexpr std::uint64_t kNobody = ~std::uint64_t{0};  // a wake that finds no connection

bool fill_random(std::span<std::uint64_t> into) {
    const std::size_t bytes = into.size_bytes();
    return ::getrandom(into.data(), bytes, 0) == static_cast<ssize_t>(bytes);
}

/// Constant-time comparison.
bool is_secret(std::string_view guess, std::string_view secret) {
    if (guess.size() != secret.size()) return false;
    unsigned difference = 0;
    for (std::size_t i = 0; i < secret.size(); ++i) difference |= static_cast<unsigned>(guess[i] ^ secret[i]);
    return difference == 0;
}

/// When the upload was removed meanwhile this descriptor is the last one, and its blocks are freed in the background.
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
std::expected<base::Fd, storage::FileError> open_nearest(const storage::FileRoot& root, std::string_view target,
                                                         std::string& path) {
    for (std::string_view at = target.substr(0, target.rfind('/'));; at = at.substr(0, at.rfind('/'))) {
        path = at.empty() ? "/" : std::string(at);
        auto opened = root.open_directory(path);
        if (opened || at.empty() || opened.error().number != ENOENT) return opened;
    }
}

}  // namespace

UploadStore::UploadStore(const storage::WriteParts& parts, const UploadLimits& limits)
    : parts_(parts), limits_(limits), unfinished_(limits.max_bytes_per_client), tidied_ms_(parts.clock.now_ms()) {}

UploadStore::~UploadStore() = default;

/// Returns an errno, or 0.
int UploadStore::open_directory(Missing missing) {
    struct stat status{};
    // The directory may have been removed: what is made in a directory without a name is lost.
    if (directory_ && ::fstat(directory_->get(), &status) == 0 && status.st_nlink > 0) return 0;
    const int root = parts_.root.descriptor();
    const int error =
        missing == Missing::is_made ? storage::make_directory_above(root, kUploadDirectory, kDirectoryMode) : 0;
    if (error != 0 && error != EEXIST) return error;
    base::Fd opened = base::open_directory(root, kUploadDirectory);
    if (!opened) return errno;
    directory_ = base::share(std::move(opened));
    return 0;
}

std::string UploadStore::token(const Upload& upload) { return hexadecimal(upload.number) + upload.secret; }

UploadStore::Upload* UploadStore::find(std::uint64_t number) {
    const auto found = uploads_.find(number);
    return found == uploads_.end() ? nullptr : &found->second;
}

namespace {

std::optional<std::uint64_t> number_in(std::string_view token) {
    if (token.size() != kUploadNumberDigits + kUploadSecretDigits) return std::nullopt;
    return parse_hexadecimal(token.substr(0, kUploadNumberDigits));
}

}  // namespace

UploadStore::Upload* UploadStore::find(std::string_view token) {
    const auto number = number_in(token);
    if (!number) return nullptr;
    if (!is_loaded_) read_states();
    if (unread_.contains(*number)) load_one(*number);
    Upload* upload = find(*number);
    if (upload == nullptr || !is_secret(token.substr(kUploadNumberDigits), upload->secret)) return nullptr;
    if (upload->phase() == UploadPhase::away) look(*upload);
    return find(*number);
}

bool UploadStore::may_have(std::string_view token) const {
    const auto number = number_in(token);
    return number && (!is_loaded_ || unread_.contains(*number));
}

std::expected<UploadStore::Upload*, int> UploadStore::create(UploadState& state, const http::ClientKey& client,
                                                             std::shared_ptr<const PartialFile>& bytes) {
    std::array<std::uint64_t, 3> random{};
    if (pending_of_.of(client) >= limits_.max_pending_per_client) {
        ++over_share_;
        return std::unexpected(EUSERS);
    }
    if (pending_ >= limits_.max_pending) return std::unexpected(EBUSY);
    if (const int error = open_directory(Missing::is_made); error != 0) return std::unexpected(error);
    if (!fill_random(random)) return std::unexpected(EAGAIN);
    const std::uint64_t number = random[0];
    if (uploads_.contains(number)) return std::unexpected(EAGAIN);  // this practically never happens twice
    auto nearest = open_nearest(parts_.root, state.target, state.directory);
    if (!nearest) return std::unexpected(nearest.error().number);
    PartialFile made{std::move(*nearest), {}};
    const std::uint64_t held = unfinished_.of(client);
    if (held > 0 && !storage::FileSink::check_space(made.directory.get(), held, 0)) {
        ++over_share_;
        return std::unexpected(EUSERS);
    }
    const std::string name = partial_name(number);
    made.file = base::Fd(
        ::openat(made.directory.get(), name.c_str(), O_CREAT | O_EXCL | O_NOFOLLOW | O_RDWR | O_CLOEXEC, kBytesMode));
    if (!made.file) return std::unexpected(errno);
    state.secret = hexadecimal(random[1]) + hexadecimal(random[2]);
    state.boot = boot_;
    struct stat status{};
    if (::fstat(made.directory.get(), &status) == 0) state.directory_number = status.st_ino;
    const base::Fd file = open_state(number, O_CREAT | O_EXCL | O_WRONLY);
    const int error = file ? write_text(file.get(), write_upload_state(state)) : errno;
    if (error != 0) {
        storage::remove_own({made.directory.get(), name});
        if (file) unlink_state(number);
        return std::unexpected(error);
    }
    Upload& upload = uploads_[number];
    upload.number = number;
    upload.secret = state.secret;
    upload.user = state.user;
    upload.link = state.link;
    upload.length = state.length;
    upload.checked_phase.move(UploadEvent::bytes_found);
    ++pending_;
    upload.share = pending_of_.count(client);
    upload.held = unfinished_.count(client);
    prolong(upload);
    bytes = std::shared_ptr<const PartialFile>(new PartialFile(std::move(made)), CloseBytes{&parts_.disk});
    return &upload;
}

std::expected<std::shared_ptr<const PartialFile>, BytesError> UploadStore::open_bytes(Upload& upload) const {
    const auto place = read_place(upload);
    if (!place) return std::unexpected(place.error());
    return open_bytes(upload, *place);
}

std::expected<std::shared_ptr<const PartialFile>, BytesError> UploadStore::open_bytes(Upload& upload,
                                                                                      const UploadPlace& place) const {
    using Kind = BytesError::Kind;
    auto directory = parts_.root.open_directory(place.directory);
    // The directory may come back with the bytes, for example when its file system is mounted again.
    if (!directory) return std::unexpected(BytesError{Kind::out_of_reach, directory.error().number});
    PartialFile opened{std::move(*directory), {}};
    struct stat status{};
    if (::fstat(opened.directory.get(), &status) != 0) return std::unexpected(BytesError{Kind::out_of_reach, errno});
    const bool same_directory = !place.directory_number || status.st_ino == *place.directory_number;
    // A link, a pipe or a file with a second name is not what we made.
    opened.file = base::Fd(::openat(opened.directory.get(), partial_name(upload.number).c_str(),
                                    O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!opened.file) {
        const int error = errno;
        return std::unexpected(same_directory ? bytes_error(error) : BytesError{Kind::out_of_reach, error});
    }
    if (::fstat(opened.file.get(), &status) != 0) return std::unexpected(BytesError{Kind::out_of_reach, errno});
    const auto size = static_cast<std::uint64_t>(status.st_size);
    // An offset that a client was told can never be taken back. Another process of this server may have gone on with
    // the upload.
    if (!S_ISREG(status.st_mode) || status.st_nlink != 1 || size < upload.offset) {
        return std::unexpected(BytesError{Kind::gone, EINVAL});
    }
    upload.offset = size;
    upload.held.set_bytes(size);
    return std::shared_ptr<const PartialFile>(new PartialFile(std::move(opened)), CloseBytes{&parts_.disk});
}

base::Fd UploadStore::open_state(std::uint64_t number, int flags) const {
    if (directory_ == nullptr) {
        errno = EBADF;
        return {};
    }
    return base::Fd(
        ::openat(directory_->get(), state_name(number).c_str(), flags | O_NOFOLLOW | O_CLOEXEC, kStateMode));
}

void UploadStore::prolong(Upload& upload) const {
    upload.held.set_bytes(upload.offset);
    upload.expires_s = parts_.clock.unix_seconds() + limits_.expiry_s;
}

void UploadStore::shorten(Upload& upload, std::uint64_t offset) {
    upload.offset = offset;
    upload.held.set_bytes(offset);
}

std::expected<void, http::Refusal> UploadStore::check_space(const Upload& upload, int file, std::uint64_t more) {
    if (auto refused = unfinished_.check(upload.held.client(), more); !refused) return refused;
    auto checked = storage::FileSink::check_space(file, parts_.min_free_bytes, more);
    const std::uint64_t held = upload.held.bytes_beside();
    if (!checked || held == 0 || storage::FileSink::check_space(file, held, more)) return checked;
    ++over_share_;
    return std::unexpected(http::Refusal{http::Status::insufficient_storage,
                                         "your other unfinished uploads hold more than would be left free; finish or "
                                         "delete them first."});
}

void UploadStore::move(Upload& upload, UploadEvent event) const {
    const bool was_busy = upload.is_busy();
    upload.checked_phase.move(event);
    if (!was_busy || upload.is_busy()) return;
    for (const http::Wake wake : std::exchange(upload.waiting, {})) parts_.disk.wakes().wake(wake);
}

void UploadStore::put_off_taking_back(Upload& upload, std::uint64_t begin) {
    // This is treated like a power loss: what is behind `begin` is cut off before it is counted.
    if (add_line(upload, "\n" + synced_line(begin) + boot_line("-")) != 0) {
        remove(upload, UploadEvent::ruined);
        return;
    }
    shorten(upload, begin);
    upload.synced = begin;
    move(upload, UploadEvent::taking_back_failed);
}

void UploadStore::set_complete(Upload& upload) {
    ++completed_;
    add_line(upload, complete_line());
    enter_complete(upload, parts_.clock.unix_seconds());
    forget_oldest_complete();
}

void UploadStore::enter_complete(Upload& upload, std::int64_t ended_s) {
    move(upload, UploadEvent::published);
    count_end(upload);
    upload.length = upload.offset;
    upload.expires_s = ended_s + std::min(limits_.keep_complete_s, limits_.expiry_s);
    complete_.push_back(upload.number);
}

void UploadStore::count_end(Upload& upload) {
    --pending_;
    upload.share.reset();
    upload.held.reset();
}

void UploadStore::forget_oldest_complete() {
    while (complete_.size() > limits_.max_complete) {
        Upload* const oldest = find(complete_.front());
        complete_.pop_front();
        if (oldest != nullptr) remove(*oldest, UploadEvent::expired);
    }
}

std::expected<void, BytesError> UploadStore::unlink_bytes(std::uint64_t number, const UploadPlace& place) const {
    const std::string name = partial_name(number);
    const auto directory = parts_.root.open_directory(place.directory);
    if (!directory) return std::unexpected(bytes_error(directory.error().number));
    base::Fd held = storage::hold_content(directory->get(), name);
    if (const int error = storage::remove_own({directory->get(), name}); error != 0) {
        return std::unexpected(bytes_error(error));
    }
    if (held) parts_.disk.close_later(std::move(held));
    return {};
}

void UploadStore::unlink_state(std::uint64_t number) const {
    if (directory_ != nullptr) storage::remove_own({directory_->get(), state_name(number)});
}

std::vector<base::SharedFd> UploadStore::directories_of(const Upload& upload) const {
    std::vector<base::SharedFd> open;
    if (directory_ != nullptr) open.push_back(directory_);
    if (upload.phase() == UploadPhase::complete) return open;
    const auto place = read_place(upload);
    if (!place) return open;
    if (auto bytes = parts_.root.open_directory(place->directory)) open.push_back(base::share(std::move(*bytes)));
    return open;
}

bool UploadStore::remove(Upload& upload, UploadEvent why) {
    const bool was_complete = upload.phase() == UploadPhase::complete;
    if (!was_complete) {
        const auto place = read_place(upload);
        // The bytes first: a state without bytes is removed at the next start.
        const auto unlinked = place ? unlink_bytes(upload.number, *place) : std::unexpected(place.error());
        const bool out_of_reach = !unlinked && unlinked.error().kind == BytesError::Kind::out_of_reach;
        if (out_of_reach && why != UploadEvent::ruined) return false;
        count_end(upload);
    }
    if (!was_complete && why == UploadEvent::expired) ++expired_;
    unlink_state(upload.number);
    move(upload, why);
    for (const http::Wake wake : std::exchange(upload.waiting, {})) parts_.disk.wakes().wake(wake);
    uploads_.erase(upload.number);
    return true;
}

void UploadStore::register_counters(base::Counters& counters) {
    using enum base::CounterKind;
    using base::counter;
    counters_shown_ = counters.add({
        counter("resumable_uploads_pending", gauge, "resumable uploads that are not complete", pending_),
        counter("resumable_uploads_over_share", total,
                "resumable uploads refused because their client has too many, or too much in them", over_share_),
        counter("resumable_uploads_resumed", total, "requests that went on with an upload that had bytes already",
                resumed_),
        counter("resumable_uploads_completed", total, "resumable uploads that became files", completed_),
        counter("resumable_uploads_expired", total,
                "resumable uploads that were removed because nobody went on with them", expired_),
    });
    unfinished_shown_ = unfinished_.register_counters(counters);
}

bool UploadStore::take_from_turn(std::uint64_t bytes, std::uint64_t limit) {
    // The clock does not move within a turn.
    const std::int64_t now_ns = parts_.clock.unix_ns();
    if (std::exchange(turn_ns_, now_ns) != now_ns) worked_ = 0;
    if (worked_ >= limit) return false;
    worked_ += bytes;
    return true;
}

void UploadStore::sync_in_background(std::uint64_t number, std::shared_ptr<const PartialFile> bytes) {
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
        // Seconds are rounded so that this is never earlier than a client was told.
        if (upload.expires_s >= now || upload.is_busy()) continue;
        expired[count++] = number;
        if (count == expired.size()) break;
    }
    for (const std::uint64_t number : std::span(expired).first(count)) {
        Upload& upload = *find(number);
        // An upload that cannot be removed now does not keep the others from being removed.
        if (!remove(upload, UploadEvent::expired)) upload.expires_s = now + kRetryRemovalSeconds;
    }
    std::erase_if(complete_, [&](std::uint64_t number) { return !uploads_.contains(number); });
    if (!uploads_.empty() || !directory_) return;
    // The last upload is gone, so the empty directory is removed.
    if (storage::remove_empty_directory(parts_.root.descriptor(), kUploadDirectory) == 0) directory_.reset();
}

}  // namespace uploads
