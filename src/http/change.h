// Changes of what is stored, as the audit log tells them. Whoever makes a change describes it here, and the server adds
// who asked for it (server/audit_log.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace http {

struct Change {
    enum class Action : std::uint8_t {
        create,          ///< a file or a record
        replace,         ///< another content for one that was there
        append,          ///< bytes of a resumable upload, which is no file yet
        remove,          ///< a file, a directory (with what it held), a record, or a resumable upload
        copy,            ///< a file that has the content of another one
        move,            ///< a file or a directory has another path; its content is the same
        make_directory,  ///< with its parent there, by MKCOL or a form
        set_properties,  ///< of a file or a directory, by PROPPATCH
        share,           ///< a link was made by which others read `path`
        revoke,          ///< such a link was ended; `path` is the link's own address
    };

    Action action = Action::create;
    std::string from;     ///< where it was before, like `path`, or what was copied; of a move or a copy
    std::string path;     ///< decoded: below the root, a record's, or that of a resumable upload
    std::string old_tag;  ///< the entity tag of what was there; empty when nothing was, or it has none
    std::string new_tag;  ///< of what is there now; empty likewise
    std::optional<std::uint64_t> bytes = std::nullopt;  ///< of the new content, or of what an upload has so far
    std::string digest;                                 ///< as Repr-Digest has it; empty when none was computed
};

using Changes = std::vector<Change>;

/// The one change, if there was any.
[[nodiscard]] inline Changes changes_of(std::optional<Change> change) {
    Changes changes;
    if (change) changes.push_back(std::move(*change));
    return changes;
}

}  // namespace http
