// --help, read back: every option with its value and its text.
#include "app/option_help.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include "app/options.h"
#include "support/catch.h"

namespace {

using Words = std::vector<std::string>;

app::OptionHelp help_of(std::string_view name) {
    for (const app::HelpSection& section : app::read_option_help()) {
        for (const app::OptionHelp& option : section.options) {
            if (option.spec != nullptr && option.spec->name == name) return option;
        }
    }
    FAIL("--help has no --" << name);
    return {};
}

Words choices(std::string_view name) { return app::choices_of(*help_of(name).spec); }

}  // namespace

TEST_CASE("option help: each option of the table is there once, and has a value when it takes one", "[app][options]") {
    std::multiset<int> seen;
    for (const app::HelpSection& section : app::read_option_help()) {
        CAPTURE(section.heading);
        for (const app::OptionHelp& option : section.options) {
            REQUIRE(option.spec != nullptr);
            CAPTURE(option.spec->name);
            seen.insert(option.spec->id);
            const bool takes_value = !option.spec->accepts.empty() || option.spec->id == app::id_help;
            CHECK(option.value.empty() != takes_value);
            CHECK_FALSE(option.text.empty());
            CHECK(option.text.find("  ") == std::string::npos);
            CHECK(option.letter == (option.spec->id < 256 ? static_cast<char>(option.spec->id) : '\0'));
        }
    }
    for (const option& known : app::long_options()) {
        if (known.name == nullptr || app::find_option(known.val) == nullptr) continue;
        CAPTURE(known.name);
        CHECK(seen.count(known.val) == 1);
    }
}

TEST_CASE("option help: the description begins beside the option or below it", "[app][options]") {
    CHECK(help_of("port").value == "N");
    CHECK(help_of("port").text == "port; 0 picks a free one (default 4221)");
    CHECK(help_of("port").summary() == "port");
    CHECK(help_of("header").value == "'NAME: VALUE'");
    CHECK(help_of("header").text.starts_with("a header of every answer; "));
    CHECK(help_of("header").is_repeatable());
    CHECK(help_of("grant").value == "'PATH WHO RIGHTS'");
    CHECK(help_of("grant").text.starts_with("who may do what below PATH: "));
    // This one is as long as the column is wide.
    CHECK(help_of("max-forms-per-client").value == "N");
    CHECK(help_of("explain").value == "WHO PATH");
}

TEST_CASE("option help: an option has choices only where it takes nothing else", "[app][options]") {
    CHECK(choices("log-format") == Words{"common", "combined", "extended", "json"});
    CHECK(choices("proxy-protocol") == Words{"off", "v1", "v2", "on"});
    CHECK(choices("http2") == Words{"on", "off"});
    CHECK(choices("help") == app::help_sections());
    for (const char* name : {"port", "access-log", "error-log", "bind", "records", "allowed-host", "unix-owner", "cors",
                             "trusted-proxy", "grant", "spa", "directory"}) {
        CAPTURE(name);
        CHECK(choices(name).empty());
    }
}

TEST_CASE("option help: each of the help's sections can be asked for by the names that are offered", "[app][options]") {
    for (const std::string& name : app::help_sections()) {
        CAPTURE(name);
        CHECK_FALSE(app::help_text(name).empty());
    }
}
