// The steps of a MOVE.
#include "storage/entry_move.h"

#include <cerrno>

#include "storage/directory_id.h"
#include "storage/taken_name.h"
#include "storage/validators.h"
#include "storage/write_error.h"
#include "storage/written_path.h"

namespace storage {
namespace {

using http::Refusal;
using http::Status;

constexpr Refusal kNotFound{Status::not_found, "there is nothing of this name to be moved."};
constexpr Refusal kIsDirectory{Status::conflict, "this is a directory; move it with a slash at the end."};
constexpr Refusal kIsNoDirectory{Status::not_found,
                                 "there is no such directory; a file has no slash at the end, also where it moves to."};
constexpr Refusal kNoParent{Status::conflict, "the directory above the destination does not exist; make that first."};
constexpr Refusal kSame{Status::forbidden, "source and destination are the same; nothing was changed."};
constexpr Refusal kIntoItself{Status::forbidden, "a directory cannot be moved into itself."};
constexpr Refusal kNotOverwritten{Status::precondition_failed,
                                  "there is something at the destination, and Overwrite is F; nothing was changed."};
constexpr Refusal kHoldsSource{Status::conflict,
                               "the source is in the folder that it would replace; nothing was changed."};
constexpr Refusal kTooManyTrees{Status::service_unavailable,
                                "too many folders are being removed, so none is replaced; try again."};
constexpr Refusal kLinkStays{Status::forbidden, "symbolic links are neither moved nor renamed."};
constexpr Refusal kKeepsPlace{Status::forbidden,
                              "where links may lead out of the root a directory is renamed in its own directory only, "
                              "since links in it may lead to something else elsewhere."};
constexpr Refusal kOtherFileSystem{
    Status::conflict, "the destination is on another file system; store it there, and delete it here afterwards."};
constexpr Refusal kNotDurable{Status::internal_server_error, "it was moved, but the disk failed to make that durable."};

Refusal source_refusal(int error) {
    return error == ENOENT || error == ENOTDIR || error == E2BIG ? kNotFound : write_refusal(error);
}

Refusal destination_refusal(int error) { return error == ENOENT || error == E2BIG ? kNoParent : write_refusal(error); }

/// Of the rename itself, after both names were looked at.
Refusal move_refusal(int error, bool is_directory) {
    switch (error) {
        case EXDEV: return kOtherFileSystem;
        case EINVAL: return is_directory ? kIntoItself : write_refusal(error);
        case EEXIST:
        case ENOTEMPTY:
        case EISDIR:
        case ENOTDIR: return kFolderStays;
        default: return write_refusal(error);
    }
}

/// Of the exchange of two names.
Refusal exchange_refusal(int error) {
    switch (error) {
        case EXDEV: return kOtherFileSystem;
        case EINVAL:
        case ENOSYS: return kFolderNotReplaced;
        default: return write_refusal(error);
    }
}

bool is_same_directory(const WritePlace& one, const WritePlace& other) {
    return DirectoryId::of(one.directory()) == DirectoryId::of(other.directory());
}

}  // namespace

std::expected<EntryMove, Refusal> EntryMove::open(const WriteParts& parts, std::string_view source,
                                                  std::string_view destination, MoveRules rules,
                                                  WriteConditions conditions) {
    auto from = WritePlace::find(parts.root, parts.new_directories, source);
    if (!from) return std::unexpected(source_refusal(from.error().number));
    // A file takes the place of a folder that is named with a slash, and has none.
    const bool names_folder = destination.ends_with('/') && !source.ends_with('/');
    if (names_folder) destination.remove_suffix(1);
    auto to = WritePlace::find(parts.root, parts.new_directories, destination);
    if (!to) return std::unexpected(destination_refusal(to.error().number));
    const auto overlap = find_overlap(parts.root, source, destination);
    if (!overlap) return std::unexpected(overlap.error());
    if (source.ends_with('/') && *overlap == Overlap::destination_is_inside) return std::unexpected(kIntoItself);
    if (source.ends_with('/') && to->is_too_deep()) return std::unexpected(write_refusal(E2BIG));
    EntryMove move(parts, std::move(*from), std::move(*to), rules, std::move(conditions));
    move.names_folder_ = names_folder;
    if (const auto found = move.look(); !found) return std::unexpected(found.error());
    return move;
}

EntryMove::EntryMove(EntryMove&& other) noexcept
    : parts_(other.parts_),
      from_(std::move(other.from_)),
      to_(std::move(other.to_)),
      rules_(other.rules_),
      names_folder_(other.names_folder_),
      conditions_(std::move(other.conditions_)),
      step_(other.step_),
      how_(other.how_),
      held_(std::exchange(other.held_, {})),
      gone_(std::move(other.gone_)),
      publication_(std::move(other.publication_)),
      change_(std::move(other.change_)) {}

std::expected<struct stat, Refusal> EntryMove::find_source() const {
    const auto found = from_.status();
    if (!found) return std::unexpected(source_refusal(found.error().number));
    if (!*found) return std::unexpected(kNotFound);
    const bool is_directory = S_ISDIR((*found)->st_mode);
    if (is_directory && !moves_directory()) return std::unexpected(kIsDirectory);
    if (!is_directory && moves_directory()) return std::unexpected(kIsNoDirectory);
    if (!conditions_.any()) return **found;
    const auto served = from_.served_status();
    if (!served) return std::unexpected(source_refusal(served.error().number));
    if (conditions_.hold(*served, *parts_)) return **found;
    return std::unexpected(condition_refusal());
}

/// A link is not moved: the text of a relative link would mean something else in another directory. A directory may
/// hold such links. Where links may lead out of the root, it cannot be moved to another directory.
std::optional<Refusal> EntryMove::find_link_fault(const struct stat& source) const {
    if (S_ISLNK(source.st_mode)) return kLinkStays;
    const bool keeps_place = moves_directory() && parts_->root.follows_links_out() && !is_same_directory(from_, to_);
    return keeps_place ? std::optional(kKeepsPlace) : std::nullopt;
}

std::optional<Refusal> EntryMove::find_obstacle(const Look& found) const {
    const auto& there = found.destination;
    if (there && there->st_dev == found.source.st_dev && there->st_ino == found.source.st_ino) return kSame;
    if (there && rules_.overwrite == http::Overwrite::refused) return kNotOverwritten;
    if (is_over_folder(found)) {
        if (rules_.folders_stay) return rules_.folders_stay;
        const auto overlap = find_overlap(parts_->root, from_.path(), to_.path());
        if (!overlap) return overlap.error();
        return *overlap == Overlap::source_is_inside ? std::optional(kHoldsSource) : std::nullopt;
    }
    if (names_folder_) return kIsNoDirectory;
    return find_taken_name(to_, there, rules_.on_conflict);
}

bool EntryMove::is_over_folder(const Look& found) const {
    return found.destination && (moves_directory() || S_ISDIR(found.destination->st_mode));
}

/// What is there, or why nothing is moved.
std::expected<EntryMove::Look, Refusal> EntryMove::look() const {
    Look found;
    const auto source = find_source();
    if (!source) return std::unexpected(source.error());
    found.source = *source;
    if (to_.has_missing_parents()) return std::unexpected(kNoParent);
    const auto destination = to_.status();
    if (!destination) return std::unexpected(destination_refusal(destination.error().number));
    found.destination = *destination;
    // Two claims of one name would wait for each other.
    if (is_same_directory(from_, to_) && from_.name() == to_.name()) return std::unexpected(kSame);
    if (const auto fault = find_link_fault(found.source)) return std::unexpected(*fault);
    if (const auto obstacle = find_obstacle(found)) return std::unexpected(*obstacle);
    return found;
}

std::optional<EntryMove::Result> EntryMove::advance(http::Wake wake) {
    if (step_ == Step::moving) {
        const auto names =
            publication_.hold_both(from_, to_, rules_.folders_stay ? Touched::name : Touched::tree, wake);
        if (names && !*names) return std::nullopt;
        if (const auto refusal = names ? move(**names) : names.error()) {
            publication_.let_go();
            step_ = Step::done;
            return Result(std::unexpect, *refusal);
        }
        publication_.settle_both(from_, to_, wake);
        step_ = Step::syncing;
    }
    const auto error = publication_.durable();
    if (!error) return std::nullopt;
    step_ = Step::done;
    if (*error != 0 && !held_.empty()) parts_->new_directories.note_failed(held_);
    release();
    gone_.reset();
    if (*error != 0) return Result(std::unexpect, kNotDurable);
    if (parts_->counts != nullptr) ++parts_->counts->entries_moved;
    return Result(how_);
}

/// Everything is looked at again in the same step as the call that moves.
std::optional<Refusal> EntryMove::move(const Publication::HeldPair& names) {
    const auto found = look();
    if (!found) return found.error();
    const auto kind = moves_directory() ? Publication::Kind::directory : Publication::Kind::file;
    const auto over = found->destination ? Publication::Over::file : Publication::Over::free;
    if (is_over_folder(*found)) {
        if (const auto refusal = move_away(names)) return refusal;
    } else if (const int error = publication_.move(names, kind, over); error != 0) {
        return move_refusal(error, moves_directory());
    }
    how_ = found->destination ? How::replaced : How::created;
    note_change(*found);
    if (!moves_directory() || parts_->durability == Durability::none) return std::nullopt;
    held_ = to_.path();
    if (held_.ends_with('/')) held_.pop_back();
    parts_->new_directories.hold(held_);
    return std::nullopt;
}

/// In the place of something, where one of the two is a directory.
std::optional<Refusal> EntryMove::move_away(const Publication::HeldPair& names) {
    if (parts_->trees == nullptr || !parts_->trees->has_room()) return kTooManyTrees;
    auto gone = publication_.move_away(names);
    if (!gone) return exchange_refusal(gone.error());
    if (!gone->empty()) gone_.emplace(*parts_->trees, from_.shared_directory(), std::move(*gone));
    return std::nullopt;
}

void EntryMove::note_change(const Look& found) {
    change_.emplace();
    change_->action = http::Change::Action::move;
    change_->from = from_.path();
    change_->path = to_.path();
    if (moves_directory() && !change_->path.ends_with('/')) change_->path.push_back('/');
    const auto tag_of = [](const struct stat& status) {
        return S_ISREG(status.st_mode) ? make_entity_tag(status, false) : std::string();
    };
    if (found.destination) change_->old_tag = tag_of(*found.destination);
    change_->new_tag = tag_of(found.source);
}

void EntryMove::release() {
    if (!held_.empty()) parts_->new_directories.release(std::exchange(held_, {}));
}

}  // namespace storage
