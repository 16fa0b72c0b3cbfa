// The process that can start the server's successor, because the server itself gives up the right to execute programs.
// It executes the program and the arguments of its own start, and nothing that it is told
// (docs/decisions/0049-a-server-starts-its-successor.md). Forked by serve; succession speaks to it.
#pragma once

#include <cstdint>
#include <expected>
#include <string>

#include "app/start_command.h"
#include "base/fd.h"

namespace app {

/// Where the successor's standard streams lead.
enum class Streams : std::uint8_t {
    same,     ///< where those of this process lead
    nowhere,  ///< to /dev/null, as those of a daemon do
};

/// A successor that is not ready after this time is killed.
inline constexpr std::int64_t kReadyWithinMs = 30'000;

/// Forks. The process ends when what is returned, the end for messages (upgrade_messages.h), is closed. That end does
/// not block. The error is a sentence.
[[nodiscard]] std::expected<base::Fd, std::string> start_starter(const StartCommand& command, Streams streams,
                                                                 std::int64_t ready_within_ms = kReadyWithinMs);

}  // namespace app
