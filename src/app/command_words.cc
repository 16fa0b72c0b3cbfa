// getopt finds the options by the table.
#include "app/command_words.h"

#include <getopt.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "app/option_values.h"
#include "app/options.h"

namespace app {
namespace {

/// Reports the word of argv that getopt did not take, and the option that was probably meant.
UsageError unknown_option(char** argv) {
    const OptionSpec* const spec = find_option(optopt);
    if (spec != nullptr) return {option_name(*spec) + " takes no value"};  // --daemon=yes
    return {unknown_word_text(argv[optind - 1], optopt)};
}

/// The word behind --help when it names a section.
std::string section_of_help(int argc, char** argv) {
    if (optarg != nullptr) return optarg;
    return optind < argc && !help_text(argv[optind]).empty() ? argv[optind] : "";
}

/// The value of --explain, which takes two words, WHO and PATH; both may stand in one, with a blank between.
std::string words_of_explain(int argc, char** argv) {
    std::string value = optarg;
    if (value.find(' ') == std::string::npos && optind < argc) value.append(" ").append(argv[optind++]);
    return value;
}

/// A long option with one dash, as some programs take it: getopt would read "-port" as "-p ort".
std::optional<UsageError> find_single_dash(int argc, char** argv) {
    for (int i = 1; i < argc; ++i) {
        const std::string_view word = argv[i];
        if (word == "--") return std::nullopt;
        if (word.size() < 3 || !word.starts_with('-') || word.starts_with("--")) continue;
        const std::string two_dashes = "-" + std::string(word.substr(0, word.find('=')));
        const OptionSpec* const meant = find_option(two_dashes, OptionSource::command_line);
        if (meant != nullptr && meant->id != id_help) {  // "-help" is "-h" as well
            return UsageError{two_dashes.substr(1) + " has one dash: it is " + two_dashes};
        }
    }
    return std::nullopt;
}

}  // namespace

CommandLine read_command_line(int argc, char** argv) {
    const std::vector<option> longs = long_options();
    CommandLine line;
    line.error = find_single_dash(argc, argv);
    if (line.error) return line;
    optind = 0;  // starts glibc's scanner anew, also after an earlier call
    opterr = 0;
    optopt = 0;
    for (int id = 0; (id = ::getopt_long(argc, argv, kShortOptions, longs.data(), nullptr)) != -1;) {
        if (id == '?') {
            line.error = unknown_option(argv);
            return line;
        }
        const OptionSpec& spec = *find_option(id == ':' ? optopt : id);
        if (spec.id == id_help || spec.id == id_version) {
            const std::string section = spec.id == id_help ? section_of_help(argc, argv) : std::string();
            line.words.push_back({.spec = &spec, .value = section, .is_off = false, .origin = {}});
            if (help_text(section).empty()) {
                line.error =
                    UsageError{"--help has no section \"" + printable(section) + "\": see --help for their names"};
            }
            return line;
        }
        std::string value = optarg == nullptr ? "" : optarg;
        if (id == id_explain) value = words_of_explain(argc, argv);
        const bool has_value = id != ':' && !spec.accepts.empty();
        auto word = make_word(spec, has_value ? &value : nullptr, {});
        if (!word) {
            line.error = std::move(word.error());
            return line;
        }
        line.words.push_back(std::move(*word));
    }
    for (int i = optind; i < argc; ++i) {
        line.words.push_back({.spec = find_option(id_directory), .value = argv[i], .is_off = false, .origin = {}});
    }
    return line;
}

}  // namespace app
