// "godwit passwd FILE NAME" and "godwit token FILE NAME", which change the users file. Called by main.
#pragma once

#include <optional>
#include <span>

namespace app {

/// The exit status, when the words of the command line ask for one of these (0 done, 1 failed, 2 wrong usage); nullopt
/// when they are options of the server. `words` begin with the program's name. Reads a password from the terminal
/// without showing it, or a line of standard input; a token is printed once.
[[nodiscard]] std::optional<int> run_users_command(std::span<char* const> words);

}  // namespace app
