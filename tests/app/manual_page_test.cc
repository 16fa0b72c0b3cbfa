// The manual pages have every option, and mandoc finds nothing to say about them. Where mandoc is not installed, its
// test passes with a warning.
#include "app/manual_page.h"

#include <string>

#include "app/option_help.h"
#include "support/catch.h"
#include "support/shell_command.h"
#include "support/temp_dir.h"

TEST_CASE("manual page: every option of --help is in it, with its letter, value and text", "[app][reference]") {
    const std::string page = app::manual_page();
    for (const app::HelpSection& section : app::read_option_help()) {
        CHECK(page.find("\n.Ss " + section.heading + "\n") != std::string::npos);
        for (const app::OptionHelp& option : section.options) {
            std::string item = "\n.It ";
            if (option.letter != '\0') item += std::string("Fl ") + option.letter + " , ";
            item += std::string("Fl -") + option.spec->name + (option.value.empty() ? "\n" : " Ar \"");
            CAPTURE(item);
            CHECK(page.find(item) != std::string::npos);
        }
    }
    CHECK(page.find("port; 0 picks a free one (default 4221).\n") != std::string::npos);
}

TEST_CASE("manual page: that of the file has what can stand in a file, and nothing else", "[app][reference]") {
    const std::string page = app::config_manual_page();
    CHECK(page.find("\n.It Ic max-body Ar \"SIZE\"\n") != std::string::npos);
    CHECK(page.find("\n.It Ic spa\n") != std::string::npos);
    for (const char* action : {"signal", "test", "help", "version", "explain", "config-from-here", "config"}) {
        CAPTURE(action);
        CHECK(page.find(std::string("\n.It Ic ") + action + "\n") == std::string::npos);
        CHECK(page.find(std::string("\n.It Ic ") + action + " ") == std::string::npos);
    }
}

TEST_CASE("manual page: mandoc finds no fault in either", "[app][reference]") {
    const support::TempDir folder;
    folder.write("godwit.8", app::manual_page());
    folder.write("godwit.conf.5", app::config_manual_page());
    if (!support::has_command("mandoc")) {
        WARN("mandoc is not installed");
        return;
    }
    const auto checked = support::run_shell("cd " + folder.path() + " && mandoc -Tlint godwit.8 godwit.conf.5");
    CHECK(checked.output == "");
    CHECK(checked.status == 0);
}
