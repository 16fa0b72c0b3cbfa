// Record by record, content by content. A pull ends when its room is full or its slice is used up.
#include "archives/archive_source.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/file_io.h"
#include "media/checksum.h"
#include "storage/write_error.h"

namespace archives {

using trees::TreeWalk;
using trees::WalkSlice;

namespace {

/// Content is read and summed up at about a GiB in a second.
constexpr std::size_t kBytesPerUnit = 128;

}  // namespace

ArchiveSource::ArchiveSource(trees::TreeWalk walk, std::unique_ptr<ArchiveFormat> format, const base::Clock& clock,
                             storage::DiskQueue* disk, http::MemoryHold hold, std::optional<PromisedArchive> promised)
    : walk_(std::move(walk)),
      format_(std::move(format)),
      clock_(clock),
      disk_(disk),
      hold_(std::move(hold)),
      skip_(promised ? promised->part.first : 0),
      left_(promised ? promised->part.length : std::numeric_limits<std::uint64_t>::max()) {
    if (promised) version_ = std::move(promised->version);
}

std::optional<std::uint64_t> ArchiveSource::length_bytes() const {
    return version_ ? std::optional(left_) : std::nullopt;
}

http::BodySource::Pulled ArchiveSource::pull(std::span<std::byte> into) {
    WalkSlice slice;
    std::size_t produced = 0;
    while (fault_ == Fault::none) {
        if (left_ == 0) return {Outcome::finished, produced};
        const std::span<std::byte> room = room_in(into.subspan(produced));
        if (room.empty()) return {Outcome::produced, produced};
        if (!text_.empty()) {
            produced += keep(text_.take(room));
        } else if (stage_ == Stage::ended) {
            if (!version_) return {Outcome::finished, produced};
            fault_ = Fault::other_version;
        } else if (slice.is_over()) {
            return {Outcome::produced, produced};
        } else if (file_ != nullptr && skip_ > 0 && !format_->needs_crc()) {
            pass_content();
        } else if (file_ != nullptr) {
            const std::uint64_t ready = ready_bytes();
            if (ready == 0) return {Outcome::waiting, produced};
            produced += keep(copy_content(room.first(std::min<std::uint64_t>(room.size(), ready)), slice));
        } else {
            work(slice);
        }
    }
    return {Outcome::failed, produced};
}

/// Bytes that are skipped are made in the same place, and overwritten.
std::span<std::byte> ArchiveSource::room_in(std::span<std::byte> into) const {
    return into.first(static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), skip_ > 0 ? skip_ : left_)));
}

/// `bytes` were made. Returns how many of them are sent.
std::size_t ArchiveSource::keep(std::size_t bytes) {
    if (skip_ > 0) {
        skip_ -= bytes;
        return 0;
    }
    left_ -= bytes;
    return bytes;
}

/// Of the content, without waiting for the disk.
std::uint64_t ArchiveSource::ready_bytes() {
    const std::uint64_t left = entry_.size_bytes - offset_;
    return wake_ ? ahead_.ready(*file_, offset_, left, *wake_) : left;
}

std::size_t ArchiveSource::copy_content(std::span<std::byte> into, WalkSlice& slice) {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), entry_.size_bytes - offset_));
    slice.add(static_cast<unsigned>(1 + count / kBytesPerUnit));
    if (!read_content(into.first(count))) return 0;
    offset_ += count;
    const bool is_last_sent = skip_ == 0 && count == left_;
    if ((offset_ == entry_.size_bytes || is_last_sent) && !file_->unchanged()) {
        fault_ = Fault::changed;
        return 0;
    }
    if (offset_ == entry_.size_bytes) end_entry();
    return count;
}

/// What is not sent need not be read.
void ArchiveSource::pass_content() {
    const std::uint64_t count = std::min(skip_, entry_.size_bytes - offset_);
    offset_ += count;
    skip_ -= count;
    if (offset_ == entry_.size_bytes) end_entry();
}

/// The next bytes of the content. False when they are not there.
bool ArchiveSource::read_content(std::span<std::byte> room) {
    const auto got = base::read_or_fail(file_->descriptor(), offset_, room);
    if (!got || *got != room.size()) {
        fault_ = got ? Fault::changed : Fault::unreadable;
        error_ = got ? 0 : got.error();
        return false;
    }
    if (format_->needs_crc()) crc_ = media::extend_crc32(crc_, room);
    return true;
}

void ArchiveSource::work(WalkSlice& slice) {
    if (stage_ == Stage::ending) {
        slice.add(trees::kOpenUnits);
        if (!format_->append_end(text_.out())) stage_ = Stage::ended;
        return;
    }
    switch (walk_.next(slice)) {
        case TreeWalk::Step::entry: begin_entry(); return;
        case TreeWalk::Step::left_out:
            if (version_) fault_ = Fault::other_version;
            format_->leave_out({.path = std::string(walk_.path())});
            return;
        case TreeWalk::Step::more: return;
        case TreeWalk::Step::end: stage_ = Stage::ending; return;
        case TreeWalk::Step::failed:
            fault_ = Fault::unreadable;
            error_ = walk_.error();
            return;
    }
}

/// Whether the entry is the one that was found when the archive was measured.
bool ArchiveSource::is_as_promised() {
    if (!version_) return true;
    const std::uint64_t mark = marks_.next(entry_, walk_.status());
    const std::size_t number = entries_++;
    return number < version_->marks.size() && version_->marks[number] == mark;
}

void ArchiveSource::begin_entry() {
    entry_ = entry_at(walk_);
    if (!is_as_promised()) {
        fault_ = Fault::other_version;
        return;
    }
    offset_ = 0;
    crc_ = 0;
    format_->begin_entry(text_.out(), entry_);
    base::Fd file = walk_.take_file();
    if (entry_.size_bytes > 0) {
        file_ = std::make_shared<const storage::OpenFile>(std::move(file), walk_.status(), clock_, disk_);
        ahead_ = {};
    } else {
        end_entry();
    }
}

void ArchiveSource::end_entry() {
    file_.reset();
    if (!format_->end_entry(text_.out(), entry_, crc_)) fault_ = Fault::no_memory;
}

std::string_view ArchiveSource::lack() const {
    static const storage::ErrorSentences unreadable("an archive was cut off, because an entry could not be read (",
                                                    ")");
    switch (fault_) {
        case Fault::none: break;
        case Fault::changed: return "an archive was cut off, because a file changed while it was sent";
        case Fault::other_version:
            return "an archive was cut off, because a file in it was changed, added or removed after its length was "
                   "told";
        case Fault::unreadable: return unreadable.of(error_);
        case Fault::no_memory:
            return "a zip was cut off, because the memory of archives has no room for so many entries; "
                   "a tar needs none";
    }
    if (walk_.has_lack())
        return "entries that the server may not read, or directories that are too deep, were left out of an archive";
    return {};
}

}  // namespace archives
