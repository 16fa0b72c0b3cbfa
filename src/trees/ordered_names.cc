// Keeps the smallest names behind the last one that was given.
#include "trees/ordered_names.h"

#include <cerrno>
#include <iterator>
#include <string_view>
#include <utility>

namespace trees {
namespace {

/// What a name takes besides its bytes: a node of the map and the allocations around it.
constexpr std::size_t kNodeBytes = 96;

std::size_t memory_of(std::string_view name) { return name.size() + kNodeBytes; }

}  // namespace

OrderedNames::OrderedNames(base::Fd directory, const FileFilter* filter, storage::DotFiles dot_files)
    : stream_(std::move(directory)), filter_(filter), dot_files_(dot_files) {
    if (!stream_) error_ = errno;
}

OrderedNames::Step OrderedNames::next(WalkSlice& slice, std::size_t room_bytes) {
    if (!stream_) return Step::failed;
    while (is_reading_) {
        if (slice.is_over()) return Step::more;
        slice.add(kNameUnits);
        const dirent* const found = stream_.next();
        if (found != nullptr) {
            keep(*found, room_bytes, slice);
            continue;
        }
        error_ = errno;
        if (error_ != 0) return Step::failed;
        is_reading_ = false;
    }
    if (names_.empty()) return Step::end;
    auto first = names_.extract(names_.begin());
    name_ = std::move(first.key());
    kind_ = first.mapped();
    held_bytes_ -= memory_of(name_);
    if (names_.empty() && has_more_) {
        stream_.rewind();
        is_reading_ = true;
        has_more_ = false;
    }
    return Step::name;
}

void OrderedNames::keep(const dirent& found, std::size_t room_bytes, WalkSlice& slice) {
    const std::string_view text(static_cast<const char*>(found.d_name));
    if (!storage::is_listed_name(text, dot_files_) || text <= name_) return;
    // A name that was left out may be smaller than this one, so this one must not come before it.
    if (has_more_ && !names_.empty() && text > names_.rbegin()->first) return;
    if (found.d_type == DT_REG && filter_ != nullptr && !filter_->wants(text, slice)) return;
    if (!names_.emplace(text, found.d_type).second) return;
    held_bytes_ += memory_of(text);
    while (held_bytes_ > room_bytes && names_.size() > 1) {
        const auto last = std::prev(names_.end());
        held_bytes_ -= memory_of(last->first);
        names_.erase(last);
        has_more_ = true;
    }
}

}  // namespace trees
