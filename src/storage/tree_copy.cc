// The steps of a copy. What is made is locked, so that the sweep of another process leaves it alone.
#include "storage/tree_copy.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "base/directory_stream.h"
#include "storage/file_sink.h"
#include "storage/locks.h"
#include "storage/name_calls.h"
#include "storage/property_text.h"
#include "storage/validators.h"
#include "storage/write_error.h"
#include "storage/written_path.h"

namespace storage {
namespace {

using http::Refusal;
using http::Status;

constexpr std::string_view kSuffix = ".copy";

constexpr Refusal kNotFound{Status::not_found, "there is no directory of this name to be copied."};
constexpr Refusal kNoParent{Status::conflict, "the directory above the destination does not exist; make that first."};
constexpr Refusal kSame{Status::forbidden, "source and destination are the same; nothing was changed."};
constexpr Refusal kIntoItself{Status::forbidden, "a directory cannot be copied into itself."};
constexpr Refusal kNotOverwritten{Status::precondition_failed,
                                  "there is something at the destination, and Overwrite is F; nothing was changed."};
constexpr Refusal kHoldsSource{Status::conflict,
                               "the source is in the folder that it would replace; nothing was changed."};
constexpr Refusal kNoFolder{Status::not_found, "a file has no slash at the end, also where it is copied to."};
constexpr Refusal kTooManyTrees{Status::service_unavailable,
                                "too many directories are being removed; there is no copy, try again."};
constexpr Refusal kNotDurable{Status::internal_server_error,
                              "it was copied, but the disk failed to make that durable."};

std::string make_copy_name() { return make_unfinished_name(kSuffix); }

std::unexpected<Refusal> source_refusal(int error) {
    const bool is_missing = error == ENOENT || error == ENOTDIR || error == E2BIG;
    return std::unexpected(is_missing ? kNotFound : write_refusal(error));
}

/// False when somebody gave the directory open as `directory` another name.
bool has_name(int parent, const std::string& name, int directory) {
    struct stat named{};
    struct stat open{};
    if (::fstatat(parent, name.c_str(), &named, AT_SYMLINK_NOFOLLOW) != 0 || ::fstat(directory, &open) != 0) {
        return false;
    }
    return named.st_dev == open.st_dev && named.st_ino == open.st_ino;
}

}  // namespace

bool is_copy_name(std::string_view name) { return is_unfinished_name(name, kSuffix); }

std::expected<TreeCopy::Source, Refusal> TreeCopy::open_source(const WriteParts& parts, std::string_view path,
                                                               const WriteConditions& conditions) {
    if (!path.ends_with('/')) return FileCopy::open_source(parts, path, conditions);
    const auto from = WritePlace::find(parts.root, parts.new_directories, path);
    if (!from) return source_refusal(from.error().number);
    if (from->has_missing_parents()) return std::unexpected(kNotFound);
    Source source;
    source.file = base::open_directory(from->directory(), from->name().c_str());
    if (!source.file) return source_refusal(errno == ELOOP ? ENOTDIR : errno);
    if (::fstat(source.file.get(), &source.status) != 0) return source_refusal(errno);
    if (conditions.any() && !conditions.hold(source.status, parts)) return std::unexpected(condition_refusal());
    return source;
}

std::expected<std::unique_ptr<TreeCopy>, Refusal> TreeCopy::open(const WriteParts& parts, std::string_view source,
                                                                 std::string_view destination, Wish wish,
                                                                 const WriteConditions& conditions) {
    auto from = open_source(parts, source, conditions);
    if (!from) return std::unexpected(from.error());
    // A file takes the place of a folder that is named with a slash, and has none.
    const bool names_folder = destination.ends_with('/') && !source.ends_with('/');
    if (names_folder) destination.remove_suffix(1);
    auto to = WritePlace::find(parts.root, parts.new_directories, destination);
    if (!to) {
        const int error = to.error().number;
        return std::unexpected(error == ENOENT || error == E2BIG ? kNoParent : write_refusal(error));
    }
    if (source.ends_with('/') && to->is_too_deep()) return std::unexpected(write_refusal(E2BIG));
    const auto overlap = find_overlap(parts.root, source, destination);
    if (!overlap) return std::unexpected(overlap.error());
    if (*overlap == Overlap::same) return std::unexpected(kSame);
    if (*overlap == Overlap::destination_is_inside) return std::unexpected(kIntoItself);
    std::unique_ptr<TreeCopy> copy(new TreeCopy(parts, std::move(*to), source, wish, conditions.keys()));
    if (parts.locks != nullptr) {
        const auto fault = parts.locks->find_fault(destination, copy->touched(), conditions.keys());
        if (fault) return std::unexpected(*fault);
    }
    std::optional<struct stat> there;
    if (const auto obstacle = copy->find_obstacle(there)) return std::unexpected(*obstacle);
    if (there && *overlap == Overlap::source_is_inside) return std::unexpected(kHoldsSource);
    if (names_folder && (!there || !S_ISDIR(there->st_mode))) return std::unexpected(kNoFolder);
    if (const auto fault = copy->begin(std::move(*from))) return std::unexpected(*fault);
    return copy;
}

TreeCopy::~TreeCopy() {
    discard();
    release();
}

TreeCopy::Fault TreeCopy::find_obstacle(std::optional<struct stat>& there) const {
    if (to_.has_missing_parents()) return kNoParent;
    auto found = to_.status();
    if (!found) return found.error().number == ENOENT ? kNoParent : write_refusal(found.error().number);
    there = *found;
    if (!there) return std::nullopt;
    return wish_.rules.overwrite == http::Overwrite::refused ? kNotOverwritten : wish_.rules.folders_stay;
}

TreeCopy::Fault TreeCopy::begin(Source source) {
    if (parts_.trees == nullptr || !parts_.trees->has_room()) return kTooManyTrees;
    if (const auto room = FileSink::check_space(to_.directory(), parts_.min_free_bytes, 0); !room) return room.error();
    return copies_directory() ? begin_directory(std::move(source)) : begin_file(std::move(source));
}

/// Makes the tree's own directory.
TreeCopy::Fault TreeCopy::begin_directory(Source source) {
    std::string name = make_copy_name();
    const mode_t mode = (source.status.st_mode & kDirectoryMode) | S_IRWXU;
    if (const int error = make_directory_above(to_.directory(), name, mode); error != 0) return write_refusal(error);
    hidden_ = std::move(name);
    base::Fd target = base::open_directory(to_.directory(), hidden_.c_str());
    if (!target) return write_refusal(errno);
    locked_ = base::share(std::move(target));
    if (const auto fault = lock_hidden()) return fault;
    if (const int error = copy_property_text(source.file.get(), locked_->get()); error != 0) {
        return write_refusal(error);
    }
    // Its stream has nothing to read when the directory alone is wanted.
    const bool is_empty = wish_.extent == Wish::Extent::empty;
    base::DirectoryStream stream(is_empty ? base::open_directory(to_.directory(), hidden_.c_str())
                                          : std::move(source.file));
    if (!stream) return write_refusal(errno);
    work_.add_directory(std::move(stream), locked_);
    return std::nullopt;
}

TreeCopy::Fault TreeCopy::begin_file(Source source) {
    std::string name = make_copy_name();
    if (const auto fault = work_.add_file(std::move(source.file), to_.directory(), name)) return fault;
    hidden_ = std::move(name);
    locked_ = work_.open_target();
    return lock_hidden();
}

TreeCopy::Fault TreeCopy::lock_hidden() {
    if (::flock(locked_->get(), LOCK_EX | LOCK_NB) != 0) return write_refusal(errno);
    // A sweep that came before the lock may have taken it for a leftover and renamed it; the sweep removes it then.
    if (has_name(to_.directory(), hidden_, locked_->get())) return std::nullopt;
    hidden_.clear();
    return write_refusal(EAGAIN);
}

std::optional<TreeCopy::Result> TreeCopy::advance(http::Wake wake) {
    if (step_ == Step::copying) {
        const auto state = work_.advance(wake);
        if (!state) return end(state.error());
        if (*state != CopyWork::State::done) return std::nullopt;
        step_ = Step::naming;
    }
    if (step_ == Step::naming) {
        const auto name = publication_.hold(to_, touched(), wake);
        if (!name) return end(name.error());
        if (*name == nullptr) return std::nullopt;
        if (const auto fault = give_name(**name, wake)) return end(*fault);
    }
    const auto error = publication_.durable();
    if (!error) return std::nullopt;
    step_ = Step::done;
    if (*error != 0 && !held_.empty()) parts_.new_directories.note_failed(held_);
    release();
    gone_.reset();
    if (*error != 0) return Result(std::unexpect, kNotDurable);
    if (parts_.counts != nullptr) parts_.counts->files_copied += work_.files();
    return how_;
}

/// Everything is looked at again in the same step as the call that names.
TreeCopy::Fault TreeCopy::give_name(const HeldName& name, http::Wake wake) {
    std::optional<struct stat> there;
    if (const auto obstacle = find_obstacle(there)) return obstacle;
    if (there) {
        if (const auto fault = take_place(name, *there)) return fault;
    } else if (const int error = rename_to_free({to_.directory(), hidden_}, name); error != 0) {
        return error == EEXIST ? write_refusal(EAGAIN) : write_refusal(error);
    }
    note_change(there);
    hidden_.clear();
    locked_.reset();
    step_ = Step::syncing_name;
    if (copies_directory() && parts_.durability != Durability::none) {
        held_ = to_.path();
        if (held_.ends_with('/')) held_.pop_back();
        parts_.new_directories.hold(held_);
    }
    publication_.settle(to_, wake);
    return std::nullopt;
}

/// One call: who looks, or comes after a kill, finds the one or the other.
TreeCopy::Fault TreeCopy::take_place(const HeldName& name, const struct stat& there) {
    if (!parts_.trees->has_room()) return kTooManyTrees;
    if (const int error = publication_.exchange({to_.directory(), hidden_}, name); error != 0) {
        return error == EINVAL || error == ENOSYS ? kFolderNotReplaced : write_refusal(error);
    }
    how_ = How::replaced;
    if (S_ISDIR(there.st_mode)) {
        gone_.emplace(*parts_.trees, to_.shared_directory(), hidden_);
        return std::nullopt;
    }
    publication_.hold_replaced(hold_content(to_.directory(), hidden_));
    // One that cannot be removed for now is met by the sweep.
    remove_own({to_.directory(), hidden_});
    return std::nullopt;
}

void TreeCopy::note_change(const std::optional<struct stat>& there) {
    change_.emplace();
    change_->action = http::Change::Action::copy;
    change_->from = source_;
    change_->path = to_.path();
    if (copies_directory() && !change_->path.ends_with('/')) change_->path.push_back('/');
    if (there && S_ISREG(there->st_mode)) change_->old_tag = make_entity_tag(*there, false);
    struct stat now{};
    if (copies_directory() || ::fstat(locked_->get(), &now) != 0) return;
    change_->new_tag = make_entity_tag(now, false);
    change_->bytes = static_cast<std::uint64_t>(now.st_size);
}

TreeCopy::Result TreeCopy::end(const Refusal& refusal) {
    publication_.let_go();
    discard();
    step_ = Step::done;
    return Result(std::unexpect, refusal);
}

/// What was made is removed in the background.
void TreeCopy::discard() {
    work_.stop();
    if (!hidden_.empty() && copies_directory()) {
        parts_.trees->add(to_.shared_directory(), std::exchange(hidden_, {}));
    } else if (!hidden_.empty()) {
        parts_.disk.remove_later(to_.shared_directory(), std::exchange(hidden_, {}));
    }
    locked_.reset();
}

void TreeCopy::release() {
    if (!held_.empty()) parts_.new_directories.release(std::exchange(held_, {}));
}

}  // namespace storage
