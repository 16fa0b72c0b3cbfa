// "godwit shares DIR" lists the share links of a directory, "godwit shares DIR revoke ID" ends one, whether a server
// runs or not. Called by main.
#pragma once

#include <optional>
#include <span>

namespace app {

/// The exit status, when the words of the command line ask for this (0 done, 1 failed, 2 wrong usage); nullopt when
/// they are options of the server, as "shares" alone is where there is such a directory. `words` begin with the
/// program's name. Prints no token.
[[nodiscard]] std::optional<int> run_shares_command(std::span<char* const> words);

}  // namespace app
