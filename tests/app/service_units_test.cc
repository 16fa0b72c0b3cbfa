// The units for systemd that the project brings are the ones that its documentation shows.
#include <fstream>
#include <sstream>
#include <string>

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
    for (const char* name : {"scripts/systemd/godwit.service", "scripts/systemd/godwit.socket"}) {
        INFO(name);
        const std::string unit = text_of(name);
        REQUIRE(!unit.empty());
        CHECK(documentation.find("```\n" + unit + "```\n") != std::string::npos);
    }
}
