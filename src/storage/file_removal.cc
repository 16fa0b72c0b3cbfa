// The steps of a DELETE.
#include "storage/file_removal.h"

#include <sys/stat.h>

#include <cerrno>
#include <string>
#include <utility>

#include "storage/validators.h"
#include "storage/write_error.h"

namespace storage {
namespace {

constexpr http::Refusal kTooMany{http::Status::service_unavailable,
                                 "too many deleted folders are still being removed; try again when some are gone."};
constexpr http::Refusal kNotFound{http::Status::not_found, "there is no such file."};

http::Refusal removal_refusal(int error) {
    if (error == ENOENT || error == ENOTDIR || error == E2BIG) return kNotFound;
    if (error == ENOTEMPTY || error == EEXIST) {
        return {http::Status::conflict,
                "the directory is not empty; delete what it holds first, or all of it with Depth: infinity."};
    }
    if (error == ENOBUFS) return kTooMany;
    return write_refusal(error);
}

}  // namespace

std::expected<FileRemoval, http::Refusal> FileRemoval::open(const WriteParts& parts, std::string_view path,
                                                            WriteConditions conditions, Extent extent) {
    auto place = WritePlace::find(parts.root, parts.new_directories, path);
    if (!place) return std::unexpected(removal_refusal(place.error().number));
    FileRemoval removal(parts, std::move(*place), std::move(conditions), extent);
    if (const auto target = removal.find_target(); !target) return std::unexpected(target.error());
    return removal;
}

/// What is to be removed, or why it is not.
std::expected<struct stat, http::Refusal> FileRemoval::find_target() const {
    const auto found = place_.status();
    if (!found) return std::unexpected(removal_refusal(found.error().number));
    if (!*found) return std::unexpected(kNotFound);
    const bool is_directory = S_ISDIR((*found)->st_mode);
    const bool asks_for_directory = place_.path().ends_with('/');
    if (is_directory && !asks_for_directory) {
        return std::unexpected(
            http::Refusal{http::Status::conflict, "this is a directory; delete it with a slash at the end."});
    }
    if (!is_directory && asks_for_directory) {
        return std::unexpected(
            http::Refusal{http::Status::not_found, "there is no such directory; a file has no slash at the end."});
    }
    if (!conditions_.any()) return **found;
    const auto served = place_.served_status();
    if (!served) return std::unexpected(removal_refusal(served.error().number));
    if (conditions_.hold(*served, *parts_)) return **found;
    return std::unexpected(condition_refusal());
}

std::optional<FileRemoval::Result> FileRemoval::advance(http::Wake wake) {
    if (step_ == Step::removing) {
        const bool is_directory = place_.path().ends_with('/');
        const auto name = publication_.hold(place_, is_directory ? Touched::tree : Touched::name, wake);
        if (name && *name == nullptr) return std::nullopt;
        if (auto removed = name ? remove(**name) : Result(std::unexpect, name.error()); !removed) {
            publication_.let_go();
            step_ = Step::done;
            return removed;
        }
        publication_.settle(place_, wake);
        step_ = Step::syncing_directory;
    }
    const auto error = publication_.durable();
    if (!error) return std::nullopt;
    step_ = Step::done;
    gone_.reset();
    if (*error == 0) return Result();
    return Result(std::unexpect, http::Refusal{http::Status::internal_server_error,
                                               "the name is gone, but the disk failed to make that durable."});
}

/// A full one is not removed here, since that takes long, and a kill would leave half of it.
int FileRemoval::remove_directory(const HeldName& name) {
    const int error = publication_.remove(name, Publication::Kind::directory);
    const bool is_full = error == ENOTEMPTY || error == EEXIST;
    if (!is_full || extent_ != Extent::tree || parts_->trees == nullptr) return error;
    if (!parts_->trees->has_room()) return ENOBUFS;
    std::string gone = make_gone_name();
    if (const int failed = publication_.hide(name, gone); failed != 0) return failed == EEXIST ? EAGAIN : failed;
    gone_.emplace(*parts_->trees, place_.shared_directory(), std::move(gone));
    return 0;
}

/// The conditions are looked at again in the same step as the call that removes the name.
FileRemoval::Result FileRemoval::remove(const HeldName& name) {
    const auto target = find_target();
    if (!target) return std::unexpected(target.error());
    const bool is_directory = place_.path().ends_with('/');
    const int error = is_directory ? remove_directory(name) : publication_.remove(name, Publication::Kind::file);
    if (error != 0) return std::unexpected(removal_refusal(error));
    change_.emplace();
    change_->action = http::Change::Action::remove;
    change_->path = place_.path();
    if (S_ISREG(target->st_mode)) change_->old_tag = make_entity_tag(*target, false);
    return {};
}

}  // namespace storage
