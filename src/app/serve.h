// The life of the process: opens what it needs in the right order, says that it is ready, runs the loop until a signal
// ends it. Called by main.
#pragma once

#include <expected>
#include <string>

#include "app/options.h"

namespace app {

/// Serves, or with Action::test only says what would be served. The error is one sentence without a full stop.
[[nodiscard]] std::expected<void, std::string> serve(Options options);

}  // namespace app
