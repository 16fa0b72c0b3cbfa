// Starts godwit: what the command line asks for, and the exit status (0 done, 1 cannot serve, 2 wrong usage).
#include <unistd.h>

#include <cstdio>
#include <expected>
#include <string>

#include "app/options.h"
#include "app/serve.h"

namespace {

void print(std::FILE* stream, const std::string& text) { std::fwrite(text.data(), 1, text.size(), stream); }

}  // namespace

int main(int argc, char** argv) {
    const auto options = app::parse_options(argc, argv, ::isatty(STDIN_FILENO) == 1);
    if (!options) {
        print(stderr, "godwit: " + options.error().sentence + "\n");
        return 2;
    }
    switch (options->action) {
        case app::Action::help: print(stdout, app::help_text(options->help_section)); return 0;
        case app::Action::version: print(stdout, app::version_text()); return 0;
        case app::Action::test:
        case app::Action::serve: break;
    }
    const std::expected<void, std::string> served = app::serve(*options);
    if (!served) {
        print(stderr, "godwit: " + served.error() + "\n");
        return 1;
    }
    return 0;
}
