// The units for systemd that the project brings are the ones that its documentation shows, and the configuration that
// is installed as an example is one.
#include <fstream>
#include <sstream>
#include <string>

#include "app/option_table.h"
#include "command_line.h"
#include "support/catch.h"

namespace {

std::string text_of(const std::string& name) {
    std::ifstream file(PROJECT_ROOT "/" + name);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

}  // namespace

TEST_CASE("service units: the documentation shows them as they are", "[app][service]") {
    const std::string documentation = text_of("docs/operations.md");
    for (const char* name :
         {"scripts/systemd/godwit.service", "scripts/systemd/godwit.socket", "scripts/systemd/godwit@.socket"}) {
        INFO(name);
        const std::string unit = text_of(name);
        REQUIRE(!unit.empty());
        CHECK(documentation.find("```\n" + unit + "```\n") != std::string::npos);
    }
}

TEST_CASE("service units: the example of a configuration is taken, and what it comments out are options", "[app]") {
    const auto options = command_line::parse({"--config", PROJECT_ROOT "/scripts/install/example.conf"});
    REQUIRE(options.has_value());
    CHECK(options->directory == "/srv/www");
    std::istringstream lines(text_of("scripts/install/example.conf"));
    int commented = 0;
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with('#') || line.starts_with("# ") || line.starts_with("#[")) continue;
        CAPTURE(line);
        CHECK(app::find_option(line.substr(1, line.find(' ') - 1), app::OptionSource::file) != nullptr);
        ++commented;
    }
    CHECK(commented > 5);
}

TEST_CASE("service units: the template for one of several sites is confined as the single one is", "[app][service]") {
    const auto confinement = [](const std::string& name) {
        const std::string unit = text_of(name);
        const std::size_t begin = unit.find("PrivateNetwork=");
        const std::size_t end = unit.find("[Install]");
        REQUIRE(begin < end);
        REQUIRE(end != std::string::npos);
        return unit.substr(begin, end - begin);
    };
    CHECK(confinement("scripts/systemd/godwit@.service") == confinement("scripts/systemd/godwit.service"));
    CHECK(text_of("scripts/systemd/godwit@.service").find("\nDynamicUser=yes\nStateDirectory=godwit-%i\n") !=
          std::string::npos);
}
