// The table of errno to refusal.
#include "content/write_error.h"

#include <cerrno>

namespace content {

http::Refusal write_refusal(int error) {
    using http::Status;
    switch (error) {
        case ENOSPC: return {Status::insufficient_storage, "There is not enough free space for this upload."};
        case EDQUOT: return {Status::insufficient_storage, "The disk quota does not leave room for this upload."};
        case EFBIG:
            return {Status::content_too_large, "The file system (or the limit set for the server's process) does not "
                                               "take files of this size."};
        case EROFS: return {Status::forbidden, "The file system is read-only."};
        case EACCES:
        case EPERM: return {Status::forbidden, "The server's process has no right to write here."};
        case EXDEV:
        case ELOOP: return {Status::forbidden, "The path leads through a symbolic link that may not be followed."};
        case ENOTDIR: return {Status::conflict, "A part of the path is a file, not a directory."};
        case EISDIR: return {Status::conflict, "There is a directory of this name."};
        case ENOENT: return {Status::conflict, "The directory was removed at the same time; try again."};
        case ENAMETOOLONG: return {Status::uri_too_long, "A name in the path is longer than the file system allows."};
        case EINVAL: return {Status::bad_request, "The file system does not take this name."};
        case EMFILE:
        case ENFILE:
        case ENOMEM:
        case EAGAIN: return {Status::service_unavailable, "The server is out of descriptors or memory; try again."};
        default: return {Status::internal_server_error, "The disk failed; nothing was changed."};
    }
}

}  // namespace content
