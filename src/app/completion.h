// Completions of the command line for shells. Called by reference_main, which meson runs.
#pragma once

#include <string>

namespace app {

[[nodiscard]] std::string bash_completion();
[[nodiscard]] std::string zsh_completion();
[[nodiscard]] std::string fish_completion();

}  // namespace app
