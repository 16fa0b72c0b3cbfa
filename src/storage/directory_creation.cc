// The steps of a MKCOL.
#include "storage/directory_creation.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <utility>

#include "storage/file_sink.h"
#include "storage/name_calls.h"
#include "storage/write_error.h"

namespace storage {
namespace {

using http::Refusal;
using http::Status;

constexpr Refusal kExists{Status::method_not_allowed, "there is something of that name already."};
constexpr Refusal kNoParent{Status::conflict, "the directory above does not exist; make that first."};

Refusal creation_refusal(int error) {
    switch (error) {
        case EEXIST: return kExists;
        case ENOENT: return kNoParent;
        case EMLINK: return {Status::insufficient_storage, "the directory above cannot hold another one."};
        default: return write_refusal(error);
    }
}

}  // namespace

std::expected<DirectoryCreation, Refusal> DirectoryCreation::open(const WriteParts& parts, std::string_view path,
                                                                  const WriteConditions& conditions) {
    auto place = WritePlace::find(parts.root, parts.new_directories, path);
    if (!place)
        return std::unexpected(place.error().number == E2BIG ? kNoParent : creation_refusal(place.error().number));
    if (place->is_too_deep()) return std::unexpected(creation_refusal(E2BIG));
    DirectoryCreation creation(parts, std::move(*place), conditions.keys());
    if (const auto obstacle = creation.find_obstacle()) return std::unexpected(*obstacle);
    if (!conditions.hold(std::nullopt, parts)) return std::unexpected(condition_refusal());
    return creation;
}

DirectoryCreation::DirectoryCreation(DirectoryCreation&& other) noexcept
    : parts_(other.parts_),
      place_(std::move(other.place_)),
      step_(other.step_),
      modified_s_(other.modified_s_),
      held_(std::exchange(other.held_, {})),
      publication_(std::move(other.publication_)),
      change_(std::move(other.change_)) {}

std::optional<Refusal> DirectoryCreation::find_obstacle() const {
    if (place_.has_missing_parents()) return kNoParent;
    const auto found = place_.status();
    if (!found) return creation_refusal(found.error().number);
    if (*found) return kExists;
    return std::nullopt;
}

std::optional<DirectoryCreation::Result> DirectoryCreation::advance(http::Wake wake) {
    if (step_ == Step::making) {
        const auto name = publication_.hold(place_, Touched::name, wake);
        if (name && *name == nullptr) return std::nullopt;
        if (auto made = name ? make(**name) : Result(std::unexpect, name.error()); !made) {
            publication_.let_go();
            step_ = Step::done;
            return made;
        }
        publication_.settle(place_, wake);
        step_ = Step::syncing;
    }
    const auto error = publication_.durable();
    if (!error) return std::nullopt;
    step_ = Step::done;
    if (*error != 0 && !held_.empty()) parts_->new_directories.note_failed(held_);
    release();
    if (*error == 0) return Result();
    return Result(std::unexpect, Refusal{Status::internal_server_error,
                                         "the directory is there, but the disk failed to make that durable."});
}

/// One call makes the directory, or fails because something has the name.
DirectoryCreation::Result DirectoryCreation::make(const HeldName& name) {
    if (auto checked = FileSink::check_space(place_.directory(), parts_->min_free_bytes, 0); !checked) return checked;
    if (place_.is_left_behind()) return std::unexpected(kNoParent);
    if (const int error = make_directory(name); error != 0) return std::unexpected(creation_refusal(error));
    change_.emplace();
    change_->action = http::Change::Action::make_directory;
    change_->path = place_.path();
    if (modified_s_) {
        const std::array<timespec, 2> times{timespec{0, UTIME_OMIT}, timespec{*modified_s_, 0}};
        if (::utimensat(name.directory(), name.name().c_str(), times.data(), AT_SYMLINK_NOFOLLOW) != 0) {
            modified_s_.reset();  // the directory is there all the same, and the answer claims no time
        }
    }
    if (parts_->durability == Durability::none) return {};
    held_ = place_.path();
    if (held_.ends_with('/')) held_.pop_back();
    parts_->new_directories.hold(held_);
    return {};
}

void DirectoryCreation::release() {
    if (!held_.empty()) parts_->new_directories.release(std::exchange(held_, {}));
}

}  // namespace storage
