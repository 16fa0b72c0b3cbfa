// Record by record, content by content. A pull ends when its room is full or its slice is used up.
#include "archives/archive_source.h"

#include <algorithm>
#include <cstring>
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
                             http::MemoryHold hold)
    : walk_(std::move(walk)), format_(std::move(format)), clock_(clock), hold_(std::move(hold)) {}

http::BodySource::Pulled ArchiveSource::pull(std::span<std::byte> into) {
    WalkSlice slice;
    std::size_t produced = 0;
    for (;;) {
        produced += take_text(into.subspan(produced));
        if (!text_.empty()) return {Outcome::produced, produced};
        if (stage_ == Stage::ended) return {Outcome::finished, produced};
        if (slice.is_over() || produced == into.size()) return {Outcome::produced, produced};
        if (file_) {
            produced += copy_content(into.subspan(produced), slice);
        } else {
            work(slice);
        }
        if (fault_ != Fault::none) return {Outcome::failed, produced};
    }
}

std::size_t ArchiveSource::take_text(std::span<std::byte> into) {
    const std::size_t count = std::min(text_.size() - text_begin_, into.size());
    if (count > 0) std::memcpy(into.data(), text_.data() + text_begin_, count);
    text_begin_ += count;
    if (text_begin_ == text_.size()) {
        text_.clear();
        text_begin_ = 0;
    }
    return count;
}

std::size_t ArchiveSource::copy_content(std::span<std::byte> into, WalkSlice& slice) {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), entry_.size_bytes - offset_));
    const std::span<std::byte> room = into.first(count);
    slice.add(static_cast<unsigned>(1 + count / kBytesPerUnit));
    const auto got = base::read_or_fail(file_->descriptor(), offset_, room);
    if (!got || *got != count) {
        fault_ = got ? Fault::changed : Fault::unreadable;
        error_ = got ? 0 : got.error();
        return 0;
    }
    if (format_->needs_crc()) crc_ = media::extend_crc32(crc_, room);
    offset_ += count;
    if (offset_ == entry_.size_bytes) {
        if (!file_->unchanged()) {
            fault_ = Fault::changed;
            return 0;
        }
        end_entry();
    }
    return count;
}

void ArchiveSource::work(WalkSlice& slice) {
    if (stage_ == Stage::ending) {
        slice.add(trees::kOpenUnits);
        if (!format_->append_end(text_)) stage_ = Stage::ended;
        return;
    }
    switch (walk_.next(slice)) {
        case TreeWalk::Step::entry: begin_entry(); return;
        case TreeWalk::Step::left_out: format_->leave_out({.path = std::string(walk_.path())}); return;
        case TreeWalk::Step::more: return;
        case TreeWalk::Step::end: stage_ = Stage::ending; return;
        case TreeWalk::Step::failed:
            fault_ = Fault::unreadable;
            error_ = walk_.error();
            return;
    }
}

void ArchiveSource::begin_entry() {
    const struct stat& status = walk_.status();
    const bool is_file = !walk_.is_directory();
    entry_ = {.path = std::string(walk_.path()),
              .size_bytes = is_file ? static_cast<std::uint64_t>(status.st_size) : 0,
              .modified_s = status.st_mtim.tv_sec,
              .is_program = is_file && (status.st_mode & S_IXUSR) != 0};
    offset_ = 0;
    crc_ = 0;
    format_->begin_entry(text_, entry_);
    base::Fd file = walk_.take_file();
    if (entry_.size_bytes > 0) {
        file_.emplace(std::move(file), walk_.status(), clock_);
    } else {
        end_entry();
    }
}

void ArchiveSource::end_entry() {
    file_.reset();
    if (!format_->end_entry(text_, entry_, crc_)) fault_ = Fault::no_memory;
}

std::string_view ArchiveSource::lack() const {
    static const storage::ErrorSentences unreadable("an archive was cut off, because an entry could not be read (",
                                                    ")");
    switch (fault_) {
        case Fault::none: break;
        case Fault::changed: return "an archive was cut off, because a file changed while it was sent";
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
