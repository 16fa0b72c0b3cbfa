// A variable for each option that can be set.
#include "app/environment_words.h"

#include <string>
#include <utility>

namespace app {

std::expected<std::vector<OptionWord>, UsageError> read_environment_words(
    const std::vector<std::string_view>& variables) {
    std::vector<OptionWord> words;
    for (const std::string_view variable : variables) {
        if (!variable.starts_with(kEnvironmentPrefix)) continue;
        const std::size_t equals = variable.find('=');
        if (equals == std::string_view::npos || equals + 1 == variable.size()) continue;
        const std::string_view name = variable.substr(0, equals);
        const OptionSpec* const spec = find_option(name, OptionSource::environment);
        if (spec == nullptr) {
            if (nearest_option(name, OptionSource::environment).empty()) continue;
            return std::unexpected(UsageError{unknown_option_text(name, OptionSource::environment)});
        }
        const std::string value(variable.substr(equals + 1));
        auto word = make_word(*spec, &value, {.source = OptionSource::environment, .file = {}, .line = 0});
        if (!word) return std::unexpected(std::move(word.error()));
        words.push_back(std::move(*word));
    }
    return words;
}

}  // namespace app
