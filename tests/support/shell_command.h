// A command of the shell, run to its end. For tests that need no server; those with one have run_command() of
// server_process.
#pragma once

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <string>

namespace support {

struct ShellFinished {
    int status = -1;     ///< of its exit; -1 when it did not exit
    std::string output;  ///< of both kinds
};

inline ShellFinished run_shell(const std::string& command) {
    ShellFinished finished;
    std::FILE* const pipe = ::popen(("{ " + command + "\n} 2>&1").c_str(), "r");
    if (pipe == nullptr) return finished;
    std::array<char, 4096> part{};
    while (const std::size_t bytes = std::fread(part.data(), 1, part.size(), pipe)) {
        finished.output.append(part.data(), bytes);
    }
    const int status = ::pclose(pipe);
    if (WIFEXITED(status)) finished.status = WEXITSTATUS(status);
    return finished;
}

inline bool has_command(const std::string& name) { return run_shell("command -v " + name).status == 0; }

}  // namespace support
