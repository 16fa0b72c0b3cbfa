// The name by which the program was found is kept, and not the file that it was then: an upgrade puts another file, or
// another link, there.
#include "app/start_command.h"

#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <climits>
#include <string_view>

namespace app {
namespace {

constexpr const char* kThisProgram = "/proc/self/exe";

/// Variables that name this process by its number, or descriptors that only it has.
constexpr std::array<std::string_view, 5> kMeantForThisProcess{
    "LISTEN_PID=", "LISTEN_FDS=", "LISTEN_FDNAMES=", "WATCHDOG_PID=", "GODWIT_UPGRADE="};

std::string working_directory() {
    std::array<char, PATH_MAX> name{};
    return ::getcwd(name.data(), name.size()) == nullptr ? std::string() : std::string(name.data());
}

bool is_this_program(const std::string& path) {
    struct stat named{};
    struct stat running{};
    return ::stat(path.c_str(), &named) == 0 && ::stat(kThisProgram, &running) == 0 && named.st_dev == running.st_dev &&
           named.st_ino == running.st_ino;
}

std::string find_program(const std::string& directory) {
    // The kernel gives the address as a number.
    if (const auto* const executed = std::bit_cast<const char*>(::getauxval(AT_EXECFN)); executed != nullptr) {
        const std::string path = *executed == '/' ? std::string(executed) : directory + "/" + executed;
        if (path.starts_with('/') && is_this_program(path)) return path;
    }
    std::array<char, PATH_MAX> target{};
    const ssize_t length = ::readlink(kThisProgram, target.data(), target.size());
    return length <= 0 ? std::string() : std::string(target.data(), static_cast<std::size_t>(length));
}

}  // namespace

StartCommand StartCommand::of_this_process(std::span<char* const> arguments) {
    StartCommand command;
    command.directory = working_directory();
    command.program = find_program(command.directory);
    for (const char* const argument : arguments) command.arguments.emplace_back(argument);
    for (char** variable = ::environ; variable != nullptr && *variable != nullptr; ++variable) {
        const std::string_view text(*variable);
        const auto is_meant = [text](std::string_view name) { return text.starts_with(name); };
        if (std::ranges::none_of(kMeantForThisProcess, is_meant)) command.environment.emplace_back(text);
    }
    return command;
}

}  // namespace app
