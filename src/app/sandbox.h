// What the serving process gives up once everything is open: files outside its places, programs, outgoing connections,
// capabilities. Called by serve, after the last thing that needs more, and before anybody is served.
#pragma once

#include <expected>
#include <string>

#include "app/options.h"
#include "app/service_notify.h"
#include "storage/file_root.h"

namespace app {

/// Confines the process for good, as --sandbox says. The result is a notice for the error log: what holds, or what this
/// kernel lacks. The error is a sentence, only with SandboxMode::required. `service` goes on telling what it tells.
[[nodiscard]] std::expected<std::string, std::string> confine(const Options& options, const storage::FileRoot& root,
                                                              const ServiceNotify& service);

/// "off", "on" or "required".
[[nodiscard]] std::string_view sandbox_text(SandboxMode mode);

}  // namespace app
