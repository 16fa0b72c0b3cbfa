// Starts godwit: what it was told to do, and the exit status (0 done, 1 cannot do it, 2 wrong usage).
#include <unistd.h>

#include <cstdio>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/explain.h"
#include "app/option_values.h"
#include "app/options.h"
#include "app/predecessor.h"
#include "app/running_server.h"
#include "app/serve.h"
#include "app/shares_command.h"
#include "app/start_command.h"
#include "app/users_command.h"

namespace {

void print(std::FILE* stream, const std::string& text) { std::fwrite(text.data(), 1, text.size(), stream); }

std::vector<std::string_view> environment() {
    std::vector<std::string_view> variables;
    for (char** variable = ::environ; variable != nullptr && *variable != nullptr; ++variable) {
        variables.emplace_back(*variable);
    }
    return variables;
}

/// On one line, whatever the names in it hold: a terminal takes no commands from them.
void print_refusal(const std::string& sentence) {
    print(stderr, "godwit: " + app::printable(sentence, app::kWholeText) + "\n");
}

int done_or_not(const std::expected<void, std::string>& done) {
    if (done) return 0;
    print_refusal(done.error());
    return 1;
}

int print_config(const app::Options& options) {
    const auto text = app::config_from_here(options);
    if (!text) return done_or_not(std::unexpected(text.error()));
    print(stdout, *text);
    return 0;
}

int print_explanation(const app::Options& options) {
    const auto text = app::explain_rights(options);
    if (!text) return done_or_not(std::unexpected(text.error()));
    print(stdout, *text);
    return 0;
}

/// Also says it to the process whose place this one was to take: that one has a log.
int refuse(const std::string& sentence, int status, const std::optional<app::Predecessor>& predecessor) {
    print_refusal(sentence);
    if (predecessor) predecessor->tell_failure(sentence);
    return status;
}

}  // namespace

int main(int argc, char** argv) {
    const auto command = app::StartCommand::of_this_process({argv, static_cast<std::size_t>(argc)});
    auto found = app::Predecessor::find();
    if (!found) return refuse(found.error(), 1, std::nullopt);
    std::optional<app::Predecessor>& predecessor = *found;
    if (const auto status = app::run_users_command({argv, static_cast<std::size_t>(argc)})) return *status;
    if (const auto status = app::run_shares_command({argv, static_cast<std::size_t>(argc)})) return *status;
    const auto options = app::parse_options(argc, argv, ::isatty(STDIN_FILENO) == 1, environment());
    if (!options) return refuse(options.error().sentence, 2, predecessor);
    switch (options->action) {
        case app::Action::help: print(stdout, app::help_text(options->help_section)); return 0;
        case app::Action::version: print(stdout, app::version_text()); return 0;
        case app::Action::config_from_here: return print_config(*options);
        case app::Action::explain: return print_explanation(*options);
        case app::Action::signal: return done_or_not(app::send_order(options->order, options->pidfile));
        case app::Action::test:
        case app::Action::serve: break;
    }
    const auto served = app::serve(*options, command, predecessor ? &*predecessor : nullptr);
    return served ? 0 : refuse(served.error(), 1, predecessor);
}
