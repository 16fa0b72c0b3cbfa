// The version that is open, its index, and the order of changes.
#include "records/record_file.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <span>
#include <utility>

#include "base/file_io.h"
#include "records/record_operation.h"
#include "storage/open_file.h"
#include "storage/validators.h"
#include "storage/write_error.h"

namespace records {
namespace {

/// Lines indexed by one call: short ones cost more than their bytes.
constexpr int kLinesPerSlice = 512;
/// How many new versions are accepted while the index is made, in case another program writes all the time.
constexpr int kMaxRestarts = 16;
/// How many operations are woken together; the others follow with the next call.
constexpr std::size_t kWokenAtOnce = 64;
/// The time between two looks at a young file: about a tick of the clock that stamps files.
constexpr base::MonotonicMs kLookAgainMs = 5;

constexpr http::Refusal kKeepsChanging{http::Status::service_unavailable,
                                       "another program keeps changing the file; try again."};

std::unexpected<http::Refusal> refuse(http::Status status, std::string_view reason) {
    return std::unexpected(http::Refusal{status, reason});
}

bool is_same_content(const struct stat& a, const struct stat& b) {
    return a.st_size == b.st_size && a.st_mtim.tv_sec == b.st_mtim.tv_sec && a.st_mtim.tv_nsec == b.st_mtim.tv_nsec;
}

}  // namespace

bool RecordBytes::unchanged() const {
    struct stat now{};
    if (::fstat(file_.get(), &now) != 0) return false;
    if (storage::is_same_version(now, version_->status)) return true;
    // A rewrite that takes the name removes a link of this file, which changes only its ctime.
    return now.st_nlink != version_->status.st_nlink && is_same_content(now, version_->status);
}

bool RecordBytes::at_rest() const {
    return version_->status.st_mtim.tv_sec < parts_.clock.unix_seconds() - storage::kRestNs / base::kNsPerSecond &&
           version_->status.st_ctim.tv_sec < parts_.clock.unix_seconds() - storage::kRestNs / base::kNsPerSecond;
}

RecordFile::RecordFile(const storage::WriteParts& parts, std::string path, const RecordLimits& limits)
    : parts_(parts), path_(std::move(path)), limits_(limits) {}

std::expected<RecordSnapshot, http::Refusal> RecordFile::snapshot() {
    if (const auto looked = look(); !looked) return std::unexpected(looked.error());
    RecordSnapshot snapshot;
    if (version_ == nullptr) return snapshot;
    const struct stat& status = version_->status;
    snapshot.bytes = bytes_;
    snapshot.length = static_cast<std::uint64_t>(status.st_size);
    snapshot.entity_tag = storage::make_entity_tag(status, !settled_);
    snapshot.last_modified = storage::last_modified_seconds(status, parts_.clock.unix_ns());
    return snapshot;
}

std::expected<void, http::Refusal> RecordFile::look() {
    const auto status = parts_.root.stat_inside(path_);
    if (!status && status.error().number == ENOENT) {
        forget();
        greatest_number_ = 0;
        return {};
    }
    if (!status) return std::unexpected(storage::write_refusal(status.error().number));
    if (!S_ISREG(status->st_mode)) return give_up_special();
    // An index of a young version is completed all the same: the next operation opens the file again.
    const bool known = settled_ || state_ == Index::growing;
    if (version_ != nullptr && known && storage::is_same_version(*status, version_->status)) return {};
    return open();
}

/// A device is not opened even to find out that it is none.
std::expected<void, http::Refusal> RecordFile::give_up_special() {
    forget();
    return refuse(
        http::Status::conflict,
        "a directory, or something else that is no file, has the name of the records' file; it has to go first.");
}

std::expected<void, http::Refusal> RecordFile::open() {
    if (state_ == Index::growing) ++restarts_;
    auto file = parts_.root.open_for_reading(path_);
    struct stat status{};
    const int error = !file ? file.error().number : ::fstat(file->get(), &status) != 0 ? errno : 0;
    if (error != 0) forget();
    if (error == ENOENT) return {};
    if (error != 0) return std::unexpected(storage::write_refusal(error));
    if (!S_ISREG(status.st_mode)) return give_up_special();
    version_ = std::make_shared<RecordVersion>(RecordVersion{status});
    const int descriptor = file->get();
    bytes_ = std::make_shared<const RecordBytes>(std::move(*file), version_, parts_);
    settled_ = !storage::is_young(status, parts_.clock.unix_ns());
    reader_ = RecordReader(descriptor, static_cast<std::uint64_t>(status.st_size), limits_.max_line_bytes);
    index_.clear();
    has_duplicates_ = false;
    state_ = Index::growing;
    return {};
}

void RecordFile::forget() {
    version_ = nullptr;
    bytes_ = nullptr;
    index_.clear();
    has_duplicates_ = false;
    ends_in_newline_ = true;
    state_ = Index::missing;
}

std::expected<RecordFile::Progress, http::Refusal> RecordFile::refresh() {
    if (const auto looked = look(); !looked) return std::unexpected(looked.error());
    if (state_ != Index::growing) return Progress::ready;
    if (restarts_ > kMaxRestarts) {
        restarts_ = 0;
        forget();
        return std::unexpected(kKeepsChanging);
    }
    return grow_index();
}

std::expected<RecordFile::Progress, http::Refusal> RecordFile::grow_index() {
    const std::uint64_t until = reader_.bytes_read() + kRecordSliceBytes;
    for (int i = 0; i < kLinesPerSlice && reader_.bytes_read() < until; ++i) {
        switch (reader_.next()) {
            case RecordReader::Step::line: add_to_index(reader_.line(), reader_.offset()); break;
            case RecordReader::Step::skipped: break;
            case RecordReader::Step::failed:
                if (const int error = reader_.error(); error != 0) {
                    forget();
                    return std::unexpected(storage::write_refusal(error));
                }
                // The file became shorter: the next look finds another version.
                ++restarts_;
                version_ = nullptr;
                return Progress::more;
            case RecordReader::Step::end:
                ends_in_newline_ = reader_.ended_with_newline();
                reader_ = RecordReader();
                state_ = Index::complete;
                restarts_ = 0;
                return Progress::ready;
        }
        if (index_.size() > limits_.max_records) {
            forget();
            return refuse(http::Status::insufficient_storage, "the file holds more records than this server indexes.");
        }
    }
    return Progress::more;
}

void RecordFile::add_to_index(std::string_view line, std::uint64_t offset) {
    const std::string_view id = find_record_id(line, storage_);
    if (id.empty()) return;
    if (const auto number = find_record_number(id)) greatest_number_ = std::max(greatest_number_, *number);
    const std::uint64_t hash = index_.hash(id);
    if (index_.find(hash)) {
        has_duplicates_ = true;
        return;
    }
    index_.add(hash, {.offset = offset, .length = static_cast<std::uint32_t>(line.size())});
}

std::expected<std::optional<RecordFile::Found>, http::Refusal> RecordFile::find(std::string_view id) const {
    if (version_ == nullptr) return std::nullopt;
    const auto place = index_.find(index_.hash(id));
    if (!place) return std::nullopt;
    Found found{.line = std::string(place->length, '\0'), .place = *place};
    const auto room = std::as_writable_bytes(std::span(found.line));
    const auto got = base::read_or_fail(bytes_->descriptor(), place->offset, room);
    if (!got) return std::unexpected(storage::write_refusal(got.error()));
    if (*got != room.size()) return std::unexpected(kKeepsChanging);
    std::string storage;
    if (find_record_id(found.line, storage) != id) return std::nullopt;
    return found;
}

std::optional<std::string> RecordFile::next_id() const {
    if (greatest_number_ >= kMaxRecordNumber) return std::nullopt;
    return std::to_string(greatest_number_ + 1);
}

void RecordFile::take_appended(std::string_view id, std::uint64_t offset, std::uint32_t length,
                               const struct stat& status) {
    if (const auto number = find_record_number(id)) greatest_number_ = std::max(greatest_number_, *number);
    const bool ours = version_ != nullptr && version_->status.st_ino == status.st_ino &&
                      static_cast<std::uint64_t>(status.st_size) == offset + length + 1;
    if (ours) version_->status = status;
    if (!ours || !settled_) {
        // The file is new, or another program wrote to it too: the next look reads it.
        version_ = nullptr;
        bytes_ = nullptr;
        state_ = Index::missing;
        return;
    }
    // The server set the version's time itself, to the nanosecond: no other change has the same time.
    ends_in_newline_ = true;
    index_.add(index_.hash(id), {.offset = offset, .length = length});
}

void RecordFile::take_rewritten(const Rewritten& rewritten) {
    const RecordPlace old = rewritten.old;
    const bool keep_index = state_ == Index::complete && !has_duplicates_;
    RecordIndex index;
    if (keep_index) std::swap(index, index_);
    if (const auto opened = open(); !opened || version_ == nullptr) return;
    if (!storage::is_same_version(version_->status, rewritten.status)) return;
    settled_ = true;
    if (!keep_index) return;
    const std::optional<std::uint32_t> length = rewritten.length;
    const std::int64_t moved = length ? std::int64_t{*length} - old.length : -std::int64_t{old.length} - 1;
    index.change(index.hash(rewritten.id), old, length, moved);
    index_ = std::move(index);
    reader_ = RecordReader();
    if (old.offset + old.length == rewritten.old_size) ends_in_newline_ = true;
    state_ = Index::complete;
    restarts_ = 0;
}

void RecordFile::join(RecordOperation& operation) { waiting_.push_back(&operation); }

bool RecordFile::may_start(const RecordOperation& operation) const {
    if (waiting_.empty() || waiting_.front() != &operation || rewriting_ != nullptr) return false;
    return operation.kind() == RecordOperation::Kind::append || appending_ == 0;
}

void RecordFile::start(RecordOperation& operation) {
    waiting_.pop_front();
    if (operation.kind() == RecordOperation::Kind::append) {
        ++appending_;
        wake_waiting();
    } else {
        rewriting_ = &operation;
    }
}

void RecordFile::leave(RecordOperation& operation) {
    if (rewriting_ == &operation) {
        rewriting_ = nullptr;
    } else if (const auto found = std::ranges::find(waiting_, &operation); found != waiting_.end()) {
        waiting_.erase(found);
    } else if (appending_ > 0) {
        --appending_;
    }
    wake_waiting();
}

void RecordFile::look_again(http::Wake wake) {
    const base::MonotonicMs now = parts_.clock.now_ms();
    parts_.disk.wakes().wake_at(wake, settled_ ? now : now + kLookAgainMs);
}

void RecordFile::wake_waiting() {
    const std::size_t count = std::min(waiting_.size(), kWokenAtOnce);
    for (std::size_t i = 0; i < count; ++i) {
        parts_.disk.wakes().wake(waiting_[i]->wake_);
        // Nothing starts behind a waiting rewrite.
        if (waiting_[i]->kind() != RecordOperation::Kind::append) break;
    }
}

}  // namespace records
