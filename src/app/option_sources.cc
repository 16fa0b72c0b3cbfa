// The order of the sources.
#include "app/option_sources.h"

#include <algorithm>
#include <utility>

#include "app/config_file.h"
#include "app/option_reader.h"

namespace app {
namespace {

bool has(const std::vector<OptionWord>& words, OptionId id) {
    return std::ranges::any_of(words, [id](const OptionWord& word) { return word.spec->id == id; });
}

/// "-" and "off" are no names of files where logs are meant.
bool is_file_name(const OptionWord& word) {
    if (word.spec->form != ValueForm::file_name || word.value.empty() || word.value == "-") return false;
    const bool may_be_off = word.spec->id == id_access_log || word.spec->id == id_audit_log;
    return !may_be_off || word.value != "off";
}

}  // namespace

std::optional<UsageError> find_mistake(const std::vector<OptionWord>& words) {
    OptionReader reader;
    for (const OptionWord& word : words) {
        if (word.is_off) continue;
        if (auto error = reader.apply(word)) return error;
    }
    return std::nullopt;
}

std::expected<std::vector<OptionWord>, UsageError> read_sources(const OptionSources& sources) {
    std::vector<OptionWord> file;
    if (!sources.config.empty()) {
        auto read = read_config_file(sources.config, sources.working_directory);
        if (!read) return std::unexpected(std::move(read.error()));
        file = std::move(*read);
    }
    // Also where a stronger source has the last word: a mistake does not wait for its day.
    for (const std::vector<OptionWord>* source : {&std::as_const(file), &sources.environment, &sources.command_line}) {
        if (auto error = find_mistake(*source)) return std::unexpected(std::move(*error));
    }
    std::vector<OptionWord> words = words_in_force({std::move(file), sources.environment, sources.command_line});
    if (sources.is_at_terminal && !has(words, id_directory)) {
        words.push_back({.spec = find_option(id_directory), .value = ".", .is_off = false, .origin = {}});
    }
    if (has(words, id_daemon)) make_absolute(words, sources.working_directory);
    return words;
}

void make_absolute(std::vector<OptionWord>& words, const std::string& working_directory) {
    // Without a working directory a name stays as it is, and opening it reports the reason.
    if (working_directory.empty()) return;
    for (OptionWord& word : words) {
        if (is_file_name(word) && !word.value.starts_with('/')) word.value = working_directory + "/" + word.value;
    }
}

}  // namespace app
