// The manual pages godwit(8) and godwit.conf(5) in the language mdoc. Called by reference_main, which meson runs.
#pragma once

#include <string>

namespace app {

[[nodiscard]] std::string manual_page();
[[nodiscard]] std::string config_manual_page();

}  // namespace app
