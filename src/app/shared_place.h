// Refuses places for the server's own files where other users could put theirs. Called by Pidfile and serve.
#pragma once

#include <string>

namespace app {

/// Why `path` is no place for a pid file or a log; empty when it is one: everybody may write to its directory, and
/// without the sticky bit everybody may replace the file there, by a link to another one, too.
[[nodiscard]] std::string find_shared_place(const std::string& path);

}  // namespace app
