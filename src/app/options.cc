// Finds the sources, and lets them be read.
#include "app/options.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "app/command_words.h"
#include "app/environment_words.h"
#include "app/option_reader.h"

namespace app {

namespace {

/// The last file that is named; empty when none is.
std::string config_named_by(const std::vector<OptionWord>& words) {
    std::string config;
    for (const OptionWord& word : words) {
        if (word.spec->id == id_config) config = word.value;
    }
    return config;
}

bool is_answered_alone(OptionId id) { return id == id_help || id == id_version; }

}  // namespace

std::vector<std::string> Options::tls_files() const {
    std::vector<std::string> files;
    for (const CertificatePair& pair : certificates) {
        files.push_back(pair.chain);
        files.push_back(pair.key);
    }
    if (!client_ca_file.empty()) files.push_back(client_ca_file);
    return files;
}

std::expected<Options, UsageError> apply_words(std::vector<OptionWord> words) {
    OptionReader reader;
    for (const OptionWord& word : words) {
        if (auto error = reader.apply(word)) return std::unexpected(std::move(*error));
    }
    auto options = reader.finish();
    if (options) options->words = std::move(words);
    return options;
}

std::expected<Options, UsageError> parse_options(int argc, char** argv, bool stdin_is_terminal,
                                                 const std::vector<std::string_view>& environment) {
    CommandLine line = read_command_line(argc, argv);
    OptionSources sources;
    sources.command_line = std::move(line.words);
    // What stands before the problem, or before --help, is looked at first: the first mistake is the one that is told.
    if (auto error = find_mistake(sources.command_line)) return std::unexpected(std::move(*error));
    if (line.error) return std::unexpected(std::move(*line.error));
    if (!sources.command_line.empty() && is_answered_alone(sources.command_line.back().spec->id)) {
        return apply_words({sources.command_line.back()});
    }
    auto variables = read_environment_words(environment);
    if (!variables) return std::unexpected(std::move(variables.error()));
    sources.environment = std::move(*variables);
    sources.config = config_named_by(sources.command_line);
    if (sources.config.empty()) sources.config = config_named_by(sources.environment);
    sources.is_at_terminal = stdin_is_terminal;
    std::error_code ignored;
    sources.working_directory = std::filesystem::current_path(ignored).string();

    auto words = read_sources(sources);
    if (!words) return std::unexpected(std::move(words.error()));
    auto options = apply_words(std::move(*words));
    if (options) options->sources = std::move(sources);
    return options;
}

}  // namespace app
