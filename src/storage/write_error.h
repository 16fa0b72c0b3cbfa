// Says what a failed system call of a write means to the client: a status and one sentence. Called by the sinks, the
// commit and the removal.
#pragma once

#include "http/framing.h"

namespace storage {

/// `error`: an errno. 507 for a full disk or quota, 403 for missing rights, 409 for a name that is in the way, 500 for
/// a failing disk.
[[nodiscard]] http::Refusal write_refusal(int error);

/// The same for the call that gives a complete file its name. There EXDEV is about two file systems, not about links.
[[nodiscard]] http::Refusal naming_refusal(int error);

/// The 409 of an upload that must not replace anything.
[[nodiscard]] http::Refusal taken_name_refusal();

}  // namespace storage
