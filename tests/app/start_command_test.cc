// How this process was started, as far as a test can say it.
#include "app/start_command.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>
#include <vector>

#include "support/catch.h"

TEST_CASE("start command: this process can be started again as it was started", "[app][upgrade]") {
    ::setenv("LISTEN_PID", "1", 1);
    ::setenv("OF_A_TEST", "yes", 1);
    std::array<char, 5> name{"name"};
    std::array<char, 3> option{"-x"};
    const std::array<char*, 2> arguments{name.data(), option.data()};
    const auto command = app::StartCommand::of_this_process(arguments);
    ::unsetenv("LISTEN_PID");
    ::unsetenv("OF_A_TEST");
    CHECK(::access(command.program.c_str(), X_OK) == 0);
    CHECK(command.program.starts_with('/'));
    CHECK(command.arguments == std::vector<std::string>{"name", "-x"});
    CHECK(std::ranges::count(command.environment, "OF_A_TEST=yes") == 1);
    CHECK(std::ranges::count(command.environment, "LISTEN_PID=1") == 0);
    CHECK(command.directory.starts_with('/'));
}
