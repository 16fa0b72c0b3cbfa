// What a server, the process that starts its successor, and the successor say to each other: one message is a line of
// text without its end. Used by starter_process, succession and predecessor.
#pragma once

#include <cstddef>
#include <string_view>

namespace app::upgrade {

/// Longer ones are cut.
inline constexpr std::size_t kMostMessageBytes = 4'096;
/// The variable that tells the successor the number of its end.
inline constexpr const char* kVariable = "GODWIT_UPGRADE";

// From the server: to the starter, which passes all of it on to the successor.

/// Begins the first message, which comes with open files and has a word for each of them. It orders to start the
/// successor.
inline constexpr std::string_view kFiles = "files";
inline constexpr std::string_view kOwnSocket = "own";  ///< opened by the server, or taken over by it
inline constexpr std::string_view kHttpSocket = "http";
inline constexpr std::string_view kHttpsSocket = "https";  ///< like these three: of the service manager
inline constexpr std::string_view kAdminSocket = "admin";
inline constexpr std::string_view kPidfile = "pidfile";
/// The server accepts no connection any more.
inline constexpr std::string_view kAccept = "accept";
/// The server changes nothing any more.
inline constexpr std::string_view kWrite = "write";

// From the successor, through the starter.

/// It took over the pid file, which the server therefore leaves where it is. Before kReady.
inline constexpr std::string_view kTookPidfile = "took pidfile";
/// It can accept connections at once.
inline constexpr std::string_view kReady = "ready";
/// Begins a message; a sentence follows. It ends.
inline constexpr std::string_view kFailed = "failed ";

// From the starter.

/// Begins a message; the number of the successor's process follows.
inline constexpr std::string_view kStarted = "started ";
/// Begins a message; how the successor ended follows. Nothing is under way any more.
inline constexpr std::string_view kEnded = "ended ";

}  // namespace app::upgrade
