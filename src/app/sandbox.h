// What the serving process gives up once everything is open: files outside its places, programs, outgoing connections,
// capabilities. Called by serve, after the last thing that needs more, and before anybody is served.
#pragma once

#include <expected>
#include <functional>
#include <string>
#include <string_view>

#include "app/options.h"
#include "app/service_notify.h"
#include "storage/disk_process.h"
#include "storage/file_root.h"

namespace app {

/// What holds since the process confined itself.
struct Confinement {
    bool is_whole = false;  ///< all that --sandbox is about; of root's rights, only those over files are left
    std::string_view word;  ///< for the start line: "on", "off" or "not whole"
    std::string notice;     ///< for the error log: what holds, or what this kernel lacks
};

/// Forks what has to have all restrictions but the last one, after which nothing can be forked: the list of system
/// calls. `calls`: whether that process should have a list of its own.
using ForkLate = std::function<void(storage::ProcessCalls calls)>;

/// Confines the process for good, as --sandbox says. The error is a sentence, only with SandboxMode::required.
/// `service` goes on telling what it tells. `fork_late` is called once, also without a sandbox.
[[nodiscard]] std::expected<Confinement, std::string> confine(
    const Options& options, const storage::FileRoot& root, const ServiceNotify& service,
    const ForkLate& fork_late = [](storage::ProcessCalls) {});

/// "off", "on" or "required".
[[nodiscard]] std::string_view sandbox_text(SandboxMode mode);

}  // namespace app
