// The steps of a DELETE.
#include "storage/file_removal.h"

#include <sys/stat.h>

#include <cerrno>
#include <utility>

#include "storage/write_error.h"

namespace storage {
namespace {

constexpr http::Refusal kNotFound{http::Status::not_found, "there is no such file."};

http::Refusal removal_refusal(int error) {
    if (error == ENOENT || error == ENOTDIR || error == E2BIG) return kNotFound;
    if (error == ENOTEMPTY || error == EEXIST) {
        return {http::Status::conflict, "the directory is not empty; delete what it holds first."};
    }
    return write_refusal(error);
}

}  // namespace

std::expected<FileRemoval, http::Refusal> FileRemoval::open(const WriteParts& parts, std::string_view path,
                                                            WriteConditions conditions) {
    auto place = WritePlace::find(parts.root, parts.new_directories, path);
    if (!place) return std::unexpected(removal_refusal(place.error().number));
    FileRemoval removal(parts, std::move(*place), std::move(conditions));
    if (const auto obstacle = removal.find_obstacle()) return std::unexpected(*obstacle);
    return removal;
}

std::optional<http::Refusal> FileRemoval::find_obstacle() const {
    const auto found = place_.status();
    if (!found) return removal_refusal(found.error().number);
    if (!*found) return kNotFound;
    const bool is_directory = S_ISDIR((*found)->st_mode);
    const bool asks_for_directory = place_.path().ends_with('/');
    if (is_directory && !asks_for_directory) {
        return http::Refusal{http::Status::conflict, "this is a directory; delete it with a slash at the end."};
    }
    if (!is_directory && asks_for_directory) {
        return http::Refusal{http::Status::not_found, "there is no such directory; a file has no slash at the end."};
    }
    if (!conditions_.any()) return std::nullopt;
    const auto served = place_.served_status();
    if (!served) return removal_refusal(served.error().number);
    if (conditions_.hold(*served, parts_->clock.unix_ns())) return std::nullopt;
    return condition_refusal();
}

std::optional<FileRemoval::Result> FileRemoval::advance(http::Wake wake) {
    if (step_ == Step::removing) {
        const HeldName* const name = publication_.hold(place_, wake);
        if (name == nullptr) return std::nullopt;
        if (auto removed = remove(*name); !removed) {
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
    if (*error == 0) return Result();
    return Result(std::unexpect, http::Refusal{http::Status::internal_server_error,
                                               "the name is gone, but the disk failed to make that durable."});
}

/// The conditions are looked at again in the same step as the call that removes the name.
FileRemoval::Result FileRemoval::remove(const HeldName& name) {
    if (const auto obstacle = find_obstacle()) return std::unexpected(*obstacle);
    const bool is_directory = place_.path().ends_with('/');
    const int error = publication_.remove(name, is_directory ? Publication::Kind::directory : Publication::Kind::file);
    if (error != 0) return std::unexpected(removal_refusal(error));
    return {};
}

}  // namespace storage
