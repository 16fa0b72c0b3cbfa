// The table of errno to refusal.
#include "storage/write_error.h"

#include <cerrno>
#include <cstring>

namespace storage {

ErrorSentences::ErrorSentences(std::string_view before, std::string_view after) {
    for (std::size_t i = 0; i < sentences_.size(); ++i) {
        sentences_[i] = std::string(before).append(std::strerror(static_cast<int>(i))).append(after);
    }
}

std::string_view ErrorSentences::of(int error) const {
    const auto index = static_cast<std::size_t>(error);
    return index < sentences_.size() ? sentences_[index] : sentences_[EIO];
}

http::Refusal write_refusal(int error) {
    using http::Status;
    switch (error) {
        case ENOSPC: return {Status::insufficient_storage, "there is not enough free space for this."};
        case EDQUOT: return {Status::insufficient_storage, "the disk quota does not leave room for this."};
        case EFBIG:
            return {Status::content_too_large,
                    "the file system (or the limit set for the server's process) does not "
                    "take files of this size."};
        case EROFS: return {Status::forbidden, "the file system is read-only."};
        case EACCES:
        case EPERM: return {Status::forbidden, "the server's process has no right to do this here."};
        case EXDEV:
        case ELOOP: return {Status::forbidden, "the path leads through a symbolic link that may not be followed."};
        case ENOTDIR: return {Status::conflict, "a part of the path is a file, not a directory."};
        case EISDIR: return {Status::conflict, "there is a directory of this name; send the file to a path below it."};
        case ENOENT: return {Status::conflict, "the directory was removed at the same time; try again."};
        case ENAMETOOLONG: return {Status::uri_too_long, "a name in the path is longer than the file system allows."};
        case E2BIG: return {Status::uri_too_long, "directories are made to a depth of 64 only."};
        case EINVAL: return {Status::bad_request, "the file system does not take this name."};
        case EMFILE:
        case ENFILE:
        case ENOMEM:
        case ENOBUFS: return {Status::service_unavailable, "the server is out of descriptors or memory; try again."};
        case EINTR:
        case EAGAIN:
            return {Status::service_unavailable,
                    "this was interrupted, or another program changed the directory at the same time; try again."};
        case ESTALE: return {Status::service_unavailable, "the file system was away for a moment; try again."};
        case EBUSY: return {Status::conflict, "the name is in use by the system."};
        default: break;
    }
    static const ErrorSentences failures("the disk failed (", "); nothing was changed.");
    return {Status::internal_server_error, failures.of(error)};
}

http::Refusal naming_refusal(int error) {
    if (error != EXDEV) return write_refusal(error);
    return {http::Status::conflict, "the directory is on another file system than the one in which the bytes waited."};
}

http::Refusal taken_name_refusal() {
    return {http::Status::conflict, "there is something of that name already; choose another name."};
}

}  // namespace storage
