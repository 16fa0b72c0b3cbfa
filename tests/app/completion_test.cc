// What the shells offer. bash is asked; zsh and fish read their files, where they are installed.
#include "app/completion.h"

#include <string>
#include <vector>

#include "app/option_help.h"
#include "support/catch.h"
#include "support/shell_command.h"
#include "support/temp_dir.h"

namespace {

/// What bash offers for the last of `words`, each in a line; they are split as bash does it.
std::string offered(const std::string& words) {
    const support::TempDir folder;
    folder.write("completion", app::bash_completion());
    folder.write("files/a name.conf", "");
    folder.write("files/b.conf", "");
    folder.write("script",
                 "cd " + folder.at("files") + " && . " + folder.at("completion") + "\nCOMP_WORDS=(" + words +
                     ")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n_godwit\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n");
    return support::run_shell("bash " + folder.at("script")).output;
}

bool is_installed(const std::string& shell) {
    if (support::has_command(shell)) return true;
    WARN(shell << " is not installed");
    return false;
}

}  // namespace

TEST_CASE("completion: bash offers every option, and completes a beginning", "[app][reference]") {
    const std::string all = offered("godwit -");
    for (const app::HelpSection& section : app::read_option_help()) {
        for (const app::OptionHelp& option : section.options) {
            CAPTURE(option.spec->name);
            CHECK(("\n" + all).find(std::string("\n--") + option.spec->name + "\n") != std::string::npos);
        }
    }
    CHECK(offered("godwit --log-f") == "--log-format\n");
}

TEST_CASE("completion: bash offers the words of an option, with a blank or = in front", "[app][reference]") {
    CHECK(offered("godwit --log-format ''") == "common\ncombined\nextended\njson\n");
    CHECK(offered("godwit --log-format = j") == "json\n");
    CHECK(offered("godwit --log-format =") == "common\ncombined\nextended\njson\n");
    CHECK(offered("godwit -s re") == "reload\nreopen\n");
}

TEST_CASE("completion: bash offers files where an option or a command takes one, else nothing", "[app][reference]") {
    CHECK(offered("godwit --config ''") == "a name.conf\nb.conf\n");
    CHECK(offered("godwit passwd a") == "a name.conf\n");
    CHECK(offered("godwit --spa b") == "b.conf\n");
    CHECK(offered("godwit --port ''") == "\n");
    CHECK(offered("godwit to") == "token\n");
    CHECK(offered("godwit --spa to") == "\n");
}

TEST_CASE("completion: zsh and fish understand their files, which have every option", "[app][reference]") {
    const support::TempDir folder;
    folder.write("_godwit", app::zsh_completion());
    folder.write("godwit.fish", app::fish_completion());
    for (const app::HelpSection& section : app::read_option_help()) {
        for (const app::OptionHelp& option : section.options) {
            const std::string name = option.spec->name;
            CAPTURE(name);
            CHECK(app::zsh_completion().find("--" + name) != std::string::npos);
            CHECK(app::fish_completion().find(" -l " + name + " ") != std::string::npos);
        }
    }
    if (is_installed("zsh")) CHECK(support::run_shell("zsh -n " + folder.at("_godwit")).status == 0);
    if (is_installed("fish")) CHECK(support::run_shell("fish -n " + folder.at("godwit.fish")).status == 0);
}
