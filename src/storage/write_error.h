// Says what a failed system call of a write means to the client: a status and one sentence. Called by all writes, and
// by what reads for an answer.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "http/framing.h"

namespace storage {

/// A sentence for each errno, with the system's words for it between `before` and `after`. They are made once, because
/// the reason of a refusal outlives the request. The operator finds there what failed.
class ErrorSentences {
public:
    ErrorSentences(std::string_view before, std::string_view after);
    [[nodiscard]] std::string_view of(int error) const;

private:
    std::array<std::string, 134> sentences_;  // Linux has 133 errnos
};

/// `error`: an errno. 507 for a full disk or quota, 403 for missing rights, 409 for a name that is in the way, 500 for
/// a failing disk.
[[nodiscard]] http::Refusal write_refusal(int error);

/// The same for the call that gives a complete file its name. There EXDEV is about two file systems, not about links.
[[nodiscard]] http::Refusal naming_refusal(int error);

/// The 409 of an upload that must not replace anything.
[[nodiscard]] http::Refusal taken_name_refusal();

}  // namespace storage
