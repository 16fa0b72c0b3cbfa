// What may become of what is at the destination of a move or a copy. Filled by uploads/, which knows the rights; kept
// to by EntryMove, FileCopy and TreeCopy.
#pragma once

#include <optional>

#include "http/dav_fields.h"
#include "http/framing.h"
#include "storage/on_conflict.h"

namespace storage {

/// Why a folder stays where it is, and replaces nothing, when nobody said that it may.
inline constexpr http::Refusal kFolderStays{
    http::Status::conflict,
    "there is something at the destination, and only files take the place of files; delete it first."};

/// Of the exchange of two names.
inline constexpr http::Refusal kFolderNotReplaced{
    http::Status::conflict,
    "this file system cannot put something in the place of a folder in one step, so nothing was "
    "changed; delete what is at the destination first."};

struct MoveRules {
    OnConflict on_conflict = OnConflict::keep_content;     ///< what is wished; behind WriteGate, what is allowed
    http::Overwrite overwrite = http::Overwrite::allowed;  ///< what the client asks for
    /// The refusal where a folder is at the destination, or a folder would take the place of something; nullopt: what
    /// is there is replaced, with all that is below it.
    std::optional<http::Refusal> folders_stay = kFolderStays;
};

}  // namespace storage
