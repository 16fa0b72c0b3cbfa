// What the serving process gives up once everything is open: files outside its places, programs, outgoing connections,
// capabilities. Called by serve, after the last thing that needs more, and before anybody is served.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "app/options.h"
#include "app/service_notify.h"
#include "storage/file_root.h"

namespace app {

/// What holds since the process confined itself.
struct Confinement {
    bool is_whole = false;  ///< all that --sandbox is about; of root's rights, only those over files are left
    std::string_view word;  ///< for the start line: "on", "off" or "not whole"
    std::string notice;     ///< for the error log: what holds, or what this kernel lacks
};

/// Confines the process for good, as --sandbox says. The error is a sentence, only with SandboxMode::required.
/// `service` goes on telling what it tells.
[[nodiscard]] std::expected<Confinement, std::string> confine(const Options& options, const storage::FileRoot& root,
                                                              const ServiceNotify& service);

/// "off", "on" or "required".
[[nodiscard]] std::string_view sandbox_text(SandboxMode mode);

}  // namespace app
