// The archive is made without its contents, and its bytes are counted.
#include "archives/archive_version.h"

#include <utility>

#include "storage/validators.h"

namespace archives {
namespace {

/// One more whenever the same entries give other bytes than in the edition before, so that no client puts the parts of
/// two editions together.
constexpr std::uint64_t kLayout = 1;

/// Memory for marks is taken in blocks.
constexpr std::size_t kMarksOfBlock = 1024;

void add_time(storage::VersionTag& tag, const timespec& time) {
    tag.add(static_cast<std::uint64_t>(time.tv_sec));
    tag.add(static_cast<std::uint64_t>(time.tv_nsec));
}

}  // namespace

ArchiveEntry entry_at(const trees::TreeWalk& walk) {
    const struct stat& status = walk.status();
    const bool is_file = !walk.is_directory();
    return {.path = std::string(walk.path()),
            .size_bytes = is_file ? static_cast<std::uint64_t>(status.st_size) : 0,
            .modified_s = status.st_mtim.tv_sec,
            .is_program = is_file && (status.st_mode & S_IXUSR) != 0};
}

EntryMarks::EntryMarks() { tag_.add(kLayout); }

/// Of a folder nothing but its name and its time is in the archive.
std::uint64_t EntryMarks::next(const ArchiveEntry& entry, const struct stat& status) {
    tag_.add(entry.path);
    tag_.add(static_cast<std::uint64_t>(entry.modified_s));
    if (!entry.is_directory()) {
        tag_.add(std::uint64_t{entry.mode()});
        tag_.add(entry.size_bytes);
        tag_.add(std::uint64_t{status.st_dev});
        tag_.add(std::uint64_t{status.st_ino});
        add_time(tag_, status.st_mtim);
        add_time(tag_, status.st_ctim);
    }
    return tag_.mark();
}

ArchiveMeasure::ArchiveMeasure(trees::TreeWalk walk, std::unique_ptr<ArchiveFormat> format, const base::Clock& clock,
                               http::MemoryHold hold)
    : walk_(std::move(walk)), format_(std::move(format)), clock_(clock), hold_(std::move(hold)) {}

ArchiveMeasure::Outcome ArchiveMeasure::work() {
    trees::WalkSlice slice;
    while (!slice.is_over()) {
        if (stage_ == Stage::ending) {
            slice.add(trees::kOpenUnits);
            if (add_end() == Outcome::measured) return Outcome::measured;
            continue;
        }
        switch (walk_.next(slice)) {
            case trees::TreeWalk::Step::more: break;
            case trees::TreeWalk::Step::end: stage_ = Stage::ending; break;
            case trees::TreeWalk::Step::entry:
                if (!add_entry()) return Outcome::unknown;
                break;
            case trees::TreeWalk::Step::left_out:
            case trees::TreeWalk::Step::failed: return Outcome::unknown;
        }
    }
    return Outcome::more;
}

bool ArchiveMeasure::add_entry() {
    std::vector<std::uint64_t>& marks = version_.marks;
    if (marks.size() == kMeasuredEntries) return false;
    if (marks.size() == marks.capacity()) {
        if (!hold_.grow(kMarksOfBlock * sizeof(std::uint64_t))) return false;
        marks.reserve(marks.size() + kMarksOfBlock);
    }
    const ArchiveEntry entry = entry_at(walk_);
    marks.push_back(marks_.next(entry, walk_.status()));
    is_young_ = is_young_ || (!entry.is_directory() && storage::needs_weak_tag(walk_.status(), clock_.unix_ns()));
    format_->begin_entry(text_, entry);
    // A CRC has its place whatever it is.
    const bool fits = format_->end_entry(text_, entry, 0);
    version_.bytes += entry.size_bytes;
    count_text();
    return fits;
}

ArchiveMeasure::Outcome ArchiveMeasure::add_end() {
    const bool is_last = !format_->append_end(text_);
    count_text();
    if (!is_last) return Outcome::more;
    version_.tag = (is_young_ ? "W/" : "") + marks_.tag();
    return Outcome::measured;
}

void ArchiveMeasure::count_text() {
    version_.bytes += text_.size();
    text_.clear();
}

}  // namespace archives
