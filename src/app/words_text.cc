// Words of options as text: where each comes from, and as a configuration file.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "app/config_line.h"
#include "app/option_values.h"
#include "app/options.h"
#include "base/ascii.h"

namespace app {

namespace {

/// False for what a file of options cannot say: what to do in place of serving, and where the file is.
bool is_setting(const OptionWord& word) {
    return word.spec->group != OptionGroup::action && word.spec->id != id_config;
}

}  // namespace

std::string line_text(const OptionWord& word) {
    std::string text = word.spec->name;
    if (!word.spec->accepts.empty()) text += " " + quoted_value(word.value);
    return text;
}

std::string origins_text(const std::vector<OptionWord>& words) {
    std::size_t column = 0;
    std::vector<std::string> lines;
    for (const OptionWord& word : words) {
        if (!is_setting(word)) continue;
        lines.push_back(printable(line_text(word), kWholeText));
        constexpr std::size_t kMostColumns = 44;
        if (lines.back().size() <= kMostColumns) column = std::max(column, lines.back().size());
    }
    if (lines.empty()) return {};
    std::string text = "given:\n";
    auto line = lines.begin();
    for (const OptionWord& word : words) {
        if (!is_setting(word)) continue;
        line->append(column > line->size() ? column - line->size() : 0, ' ');
        text += "  " + *line++ + "  from " + word.origin.text() + "\n";
    }
    return text + "  and by default all the rest\n";
}

std::expected<std::string, std::string> config_from_here(const Options& options) {
    std::vector<OptionWord> words = options.words;
    make_absolute(words, options.sources.working_directory);
    std::string text = "# Made by godwit --config-from-here.\n";
    for (const OptionWord& word : words) {
        if (!is_setting(word)) continue;
        if (std::ranges::any_of(word.value, [](char c) { return base::is_control(c) && c != '\t'; })) {
            return std::unexpected(word.name() + " has a value with a control byte, which a file cannot hold: \"" +
                                   printable(word.value) + "\"");
        }
        text += line_text(word) + "\n";
    }
    return text;
}

}  // namespace app
