// Reads the command line with getopt_long, by the table in option_table; OptionReader collects the values.
#include "app/options.h"

#include <getopt.h>

#include <utility>
#include <vector>

#include "app/option_reader.h"
#include "app/option_table.h"
#include "app/option_values.h"

namespace app {

namespace {

/// Reports the word of argv that getopt did not take, and the option that was probably meant.
UsageError unknown_option(char** argv) {
    const OptionSpec* const spec = find_option(optopt);
    if (spec != nullptr) return {option_name(*spec) + " takes no value"};  // --daemon=yes
    return {unknown_option_text(argv[optind - 1], optopt)};
}

UsageError unknown_section(const Options& options) {
    return {"--help has no section \"" + printable(options.help_section) + "\": see --help for their names"};
}

}  // namespace

std::expected<Options, UsageError> parse_options(int argc, char** argv, bool stdin_is_terminal) {
    const std::vector<option> longs = long_options();
    OptionReader reader;
    optind = 0;  // starts glibc's scanner anew, also after an earlier call
    opterr = 0;
    for (int id = 0; (id = ::getopt_long(argc, argv, kShortOptions, longs.data(), nullptr)) != -1;) {
        if (id == '?') return std::unexpected(unknown_option(argv));
        if (id == ':') {
            const OptionSpec& spec = *find_option(optopt);
            return std::unexpected(UsageError{option_name(spec) + " needs a value: " + std::string(spec.accepts)});
        }
        const OptionSpec& spec = *find_option(id);
        if (auto error = reader.apply(spec, spec.accepts.empty() ? "" : optarg))
            return std::unexpected(std::move(*error));
        if (reader.action() == Action::help || reader.action() == Action::version) {
            Options options;
            options.action = reader.action();
            if (options.action == Action::help) {
                if (optarg != nullptr)
                    options.help_section = optarg;
                else if (optind < argc && !help_text(argv[optind]).empty())
                    options.help_section = argv[optind];
                if (help_text(options.help_section).empty()) return std::unexpected(unknown_section(options));
            }
            return options;
        }
    }
    for (int i = optind; i < argc; ++i) {
        if (auto error = reader.take_directory(argv[i])) return std::unexpected(std::move(*error));
    }
    return reader.finish(stdin_is_terminal);
}

}  // namespace app
