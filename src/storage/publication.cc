// The steps around a call that changes a name.
#include "storage/publication.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "storage/changes.h"
#include "storage/directory_id.h"
#include "storage/locks.h"
#include "storage/swap.h"

namespace storage {

void DiskOperations::sync_directories(DiskQueue& disk, const std::vector<base::SharedFd>& open, http::Wake wake) {
    for (const base::SharedFd& directory : open) operations_.push_back(disk.sync_all(directory, wake));
}

bool DiskOperations::done() const {
    return std::ranges::all_of(operations_, [](const SyncTicket& each) { return each->done; });
}

int DiskOperations::error() const {
    for (const SyncTicket& each : operations_) {
        if (each->error != 0 && each->error != EINVAL) return each->error;
    }
    return 0;
}

std::optional<http::Refusal> Publication::find_lock(const WritePlace& place, Touched touched) {
    if (parts_->locks == nullptr) return std::nullopt;
    auto fault = parts_->locks->find_fault(place.path(), touched, keys_);
    if (fault) let_go();
    return fault;
}

std::expected<const HeldName*, http::Refusal> Publication::hold(const WritePlace& place, Touched touched,
                                                                http::Wake wake) {
    if (claim_ == nullptr || !claim_->is_for(place.directory(), place.name())) {
        claim_.reset();
        const std::vector<NameClaim::Target> wanted{{place.directory(), place.name()}};
        claim_ = std::make_shared<NameClaim>(parts_->names, parts_->disk.wakes(), wanted);
    }
    if (!claim_->advance(wake)) return nullptr;
    if (const auto fault = find_lock(place, touched)) return std::unexpected(*fault);
    return &claim_->held(0);
}

std::expected<std::optional<Publication::HeldPair>, http::Refusal> Publication::hold_both(const WritePlace& from,
                                                                                          const WritePlace& to,
                                                                                          Touched at_to,
                                                                                          http::Wake wake) {
    if (claim_ == nullptr) {
        const std::vector<NameClaim::Target> wanted{{from.directory(), from.name()}, {to.directory(), to.name()}};
        claim_ = std::make_shared<NameClaim>(parts_->names, parts_->disk.wakes(), wanted);
    }
    if (!claim_->advance(wake)) return std::nullopt;
    if (const auto fault = find_lock(from, from.path().ends_with('/') ? Touched::tree : Touched::name)) {
        return std::unexpected(*fault);
    }
    if (const auto fault = find_lock(to, at_to)) return std::unexpected(*fault);
    return HeldPair{claim_->held(0), claim_->held(1)};
}

int Publication::create(const HeldName& name, TemporaryFile& file) {
    const auto published = file.publish_new(name);
    return published ? 0 : published.error().number;
}

int Publication::replace(const HeldName& name, TemporaryFile& file) {
    if (!replaced_) replaced_ = hold_content(name.directory(), name.name());
    const auto published = file.publish_over(name);
    return published ? 0 : published.error().number;
}

int Publication::remove(const HeldName& name, Kind kind) {
    if (kind == Kind::file) replaced_ = hold_content(name.directory(), name.name());
    const int error = kind == Kind::directory ? remove_directory(name) : remove_file(name);
    if (error == 0) old_name_ = Outcome::is_gone;
    return error;
}

int Publication::hide(const HeldName& name, std::string_view to) {
    const int error = hide_directory(name, to);
    if (error != 0) return error;
    parts_->new_directories.note_move();
    old_name_ = Outcome::is_gone;
    return 0;
}

int Publication::move(const HeldPair& names, Kind kind, Over over) {
    if (over == Over::file) replaced_ = hold_content(names.to.directory(), names.to.name());
    const int error = over == Over::file ? move_over(names.from, names.to) : move_to_free(names.from, names.to);
    if (error == 0 && kind == Kind::directory) parts_->new_directories.note_move();
    return error;
}

std::expected<std::string, int> Publication::move_away(const HeldPair& names) {
    replaced_ = hold_content(names.to.directory(), names.to.name());
    auto gone = swap_away(names.from, names.to);
    if (!gone) return gone;
    parts_->new_directories.note_move();
    old_name_ = Outcome::has_another;
    return gone;
}

int Publication::exchange(const OwnName& own, const HeldName& name) {
    const int error = exchange_own(own, name);
    if (error != 0) return error;
    parts_->new_directories.note_move();
    old_name_ = Outcome::has_another;
    return 0;
}

bool Publication::begin_in_background(const HeldName& name, const TemporaryFile& file, TemporaryFile::Target target,
                                      const WritePlace& place, std::vector<base::SharedFd> others, http::Wake wake) {
    auto calls = file.plan_naming(name, target);
    if (!calls) return false;
    background_ = std::make_shared<NamingOperation>();
    background_->calls = std::move(*calls);
    background_->directories = place.changed_directories();
    background_->held = std::move(others);
    background_->held.insert(background_->held.end(), background_->directories.begin(), background_->directories.end());
    background_->held.push_back(file.shared());
    background_->claim = claim_;
    if (target == TemporaryFile::Target::is_replaced && !replaced_)
        replaced_ = hold_content(name.directory(), name.name());
    return parts_->disk.name_later(background_, wake);
}

Publication::Background Publication::end_in_background(TemporaryFile& file) {
    if (!background_->done) return Background::under_way;
    file.take_naming(*background_);
    if (background_->error == kUnknown) return Background::unknown;
    return background_->is_named() ? Background::named : Background::not_named;
}

/// What was below the name of `place` went with it.
void Publication::forget_old(const WritePlace& place) {
    if (parts_->changes != nullptr && old_name_ == Outcome::has_another) {
        const bool has_slash = place.path().ends_with('/');
        parts_->changes->path_changed(has_slash ? place.path() : place.path() + "/");
    }
    if (parts_->locks == nullptr || old_name_ == Outcome::stays) return;
    if (old_name_ == Outcome::is_gone) return parts_->locks->drop_tree(place.path());
    struct stat now{};
    const bool is_known = ::fstatat(place.directory(), place.name().c_str(), &now, AT_SYMLINK_NOFOLLOW) == 0;
    const bool is_folder = is_known && S_ISDIR(now.st_mode);
    parts_->locks->drop_replaced(place.path(), is_folder ? Lock::Kind::folder : Lock::Kind::file);
}

void Publication::settle(const WritePlace& place, http::Wake wake) {
    forget_old(place);
    settle_content(place);
    parts_->disk.close_later(std::move(replaced_));
    if (parts_->durability == Durability::none) return;
    const bool synced = background_ != nullptr && background_->is_named() && background_->error != EAGAIN &&
                        background_->error != EINVAL;
    if (!synced) syncs_.sync_directories(parts_->disk, place.changed_directories(), wake);
}

void Publication::settle_both(const WritePlace& from, const WritePlace& to, http::Wake wake) {
    if (parts_->changes != nullptr) parts_->changes->path_changed(from.path());
    if (parts_->locks != nullptr) parts_->locks->drop_tree(from.path());
    forget_old(to);
    settle_content(to);
    parts_->disk.close_later(std::move(replaced_));
    if (parts_->durability == Durability::none) return;
    std::vector<base::SharedFd> changed = to.changed_directories();
    for (base::SharedFd& directory : from.changed_directories()) {
        const DirectoryId id = DirectoryId::of(directory->get());
        const auto is_same = [id](const base::SharedFd& each) { return DirectoryId::of(each->get()) == id; };
        if (std::ranges::none_of(changed, is_same)) changed.push_back(std::move(directory));
    }
    syncs_.sync_directories(parts_->disk, changed, wake);
}

void Publication::settle_content(const WritePlace& place) {
    if (parts_->changes != nullptr) parts_->changes->path_changed(place.path());
    let_go();
}

std::optional<int> Publication::durable() const {
    if (!syncs_.done()) return std::nullopt;
    if (syncs_.error() != 0) return syncs_.error();
    const bool failed = background_ != nullptr && background_->is_named() && background_->error != EAGAIN &&
                        background_->error != EINVAL;
    return failed ? background_->error : 0;
}

}  // namespace storage
