// The life of the process: opens what it needs in the right order, says that it is ready, runs the loop until a signal
// ends it. Called by main.
#pragma once

#include <expected>
#include <string>

#include "app/options.h"
#include "app/predecessor.h"
#include "app/start_command.h"

namespace app {

/// Serves, or with Action::test only says what would be served. `command` starts the process that takes the place of
/// this one; `predecessor` is the one whose place this one takes, or null. Both outlive the call. The error is one
/// sentence without a full stop.
[[nodiscard]] std::expected<void, std::string> serve(Options options, const StartCommand& command,
                                                     Predecessor* predecessor);

}  // namespace app
