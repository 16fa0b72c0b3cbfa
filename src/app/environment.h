// Variables of the environment that are meant for this process alone. Called by what speaks with a service manager.
#pragma once

#include <cstdlib>
#include <optional>
#include <string>

namespace app {

/// The value of `name`, which is removed from the environment, so that no child takes it for its own.
[[nodiscard]] inline std::optional<std::string> take_variable(const char* name) {
    const char* value = std::getenv(name);
    if (value == nullptr) return std::nullopt;
    std::string text(value);
    ::unsetenv(name);
    return text;
}

}  // namespace app
