// The answer of --explain: what somebody may do at a path, and which lines say so. Called by main.
#pragma once

#include <expected>
#include <string>

#include "app/options.h"

namespace app {

/// Text for the operator, a line for each rule that was looked at; ends with a newline. Reads the users file, and
/// nothing of what is served. The error is a sentence without a newline: an unknown user, or a path that is none below
/// the directory.
[[nodiscard]] std::expected<std::string, std::string> explain_rights(const Options& options);

}  // namespace app
