// One directory open for each level. Paths are resolved below the root each time, so that a link that changes meanwhile
// leads nowhere else than a request would.
#include "trees/tree_walk.h"

#include <dirent.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace trees {

TreeWalk::TreeWalk(TreeScope scope, base::Fd directory) : scope_(std::move(scope)), path_(scope_.path) {
    struct stat status{};
    ::fstat(directory.get(), &status);
    descend(std::move(directory), status);
}

void TreeWalk::descend(base::Fd directory, const struct stat& status) {
    levels_.push_back({.names = OrderedNames(std::move(directory), scope_.filter, scope_.root.dot_files()),
                       .visible = handler::VisibleEntries(scope_.grants, scope_.client, path_),
                       .path_bytes = path_.size(),
                       .id = {status.st_dev, status.st_ino}});
}

TreeWalk::Step TreeWalk::next(WalkSlice& slice) {
    if (levels_.empty()) return Step::end;
    OrderedNames& names = levels_.back().names;
    switch (names.next(slice, room_bytes())) {
        case OrderedNames::Step::more: return Step::more;
        case OrderedNames::Step::failed: return fail(names.error());
        case OrderedNames::Step::end: levels_.pop_back(); return Step::more;
        case OrderedNames::Step::name: break;
    }
    slice.add(kOpenUnits);
    entry_level_ = levels_.size() - 1;
    path_.resize(levels_.back().path_bytes);
    path_.append(names.name());
    return visit(names.kind(), slice);
}

/// Half of what is left, so that the levels below find room too.
std::size_t TreeWalk::room_bytes() const {
    std::size_t held = 0;
    for (const Level& level : levels_) held += level.names.held_bytes();
    return std::max(kLeastRoomBytes, (kNamesBytes - std::min(held, kNamesBytes)) / 2);
}

TreeWalk::Step TreeWalk::visit(unsigned char kind, WalkSlice& slice) {
    switch (kind) {
        case DT_REG: return visit_file(slice);
        case DT_DIR: return visit_directory();
        case DT_LNK:
        case DT_UNKNOWN: break;
        default: return Step::more;
    }
    // A device is not touched.
    const auto status = scope_.root.stat_inside(path_);
    if (!status) return pass_by(status.error().number);
    if (S_ISDIR(status->st_mode)) return visit_directory();
    return S_ISREG(status->st_mode) ? visit_file(slice) : Step::more;
}

TreeWalk::Step TreeWalk::visit_file(WalkSlice& slice) {
    if (!levels_.back().visible.has_file(path_)) return Step::more;
    if (scope_.filter != nullptr) return scope_.filter->wants(name(), slice) ? Step::entry : Step::more;
    if (!may(handler::Right::read)) return Step::left_out;
    auto opened = scope_.root.open_for_reading(path_);
    if (!opened) return pass_by(opened.error().number);
    if (::fstat(opened->get(), &status_) != 0) return fail(errno);
    if (!S_ISREG(status_.st_mode)) return Step::more;
    file_ = std::move(*opened);
    return Step::entry;
}

TreeWalk::Step TreeWalk::visit_directory() {
    if (!levels_.back().visible.has_directory(path_)) return Step::more;
    const bool may_list = may(handler::Right::list);
    path_.push_back('/');
    if (!may_list || has_index()) return Step::left_out;
    if (levels_.size() == kMostLevels) {
        has_lack_ = true;
        return Step::left_out;
    }
    auto opened = scope_.root.open_directory(path_);
    if (!opened) return pass_by(opened.error().number);
    if (::fstat(opened->get(), &status_) != 0) return fail(errno);
    // A link to a folder that is being walked would never end.
    const storage::DirectoryId id{status_.st_dev, status_.st_ino};
    if (std::ranges::find(levels_, id, &Level::id) != levels_.end()) return Step::left_out;
    descend(std::move(*opened), status_);
    return Step::entry;
}

/// A request for the folder gets its index file, and nobody is shown what else is in it.
bool TreeWalk::has_index() const {
    const auto status = scope_.root.stat_inside(path_ + scope_.index_name);
    return status && S_ISREG(status->st_mode);
}

bool TreeWalk::may(handler::Right right) const {
    return scope_.grants == nullptr || scope_.grants->rights_at(path_, scope_.client).has(right);
}

/// False when the folder that is being read was moved or removed: then nothing of it is found by its path, and an
/// answer without that would look whole.
bool TreeWalk::is_in_place() const {
    const auto status = scope_.root.stat_inside(path_.substr(0, levels_.back().path_bytes));
    return status && storage::DirectoryId{status->st_dev, status->st_ino} == levels_.back().id;
}

/// What is gone or leads nowhere is no entry. What the server may not read is an entry.
TreeWalk::Step TreeWalk::pass_by(int error) {
    switch (error) {
        case ENOENT:
        case ENOTDIR: return is_in_place() ? Step::more : fail(ESTALE);
        case ELOOP:
        case EXDEV: return Step::more;
        case EACCES:
        case EPERM:
        case ENAMETOOLONG: has_lack_ = true; return Step::left_out;
        default: return fail(error);
    }
}

TreeWalk::Step TreeWalk::fail(int error) {
    error_ = error;
    return Step::failed;
}

}  // namespace trees
