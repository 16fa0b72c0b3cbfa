// The real program, started on a free port and stopped at the end of a test's scope. Reads its start line, its logs
// and what /proc says about it. Called by the end-to-end and crash tests.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "support/temp_dir.h"

namespace support {

struct ServerSettings {
    std::string directory;                            ///< what to serve
    std::vector<std::string> options{"--allow-all"};  ///< besides the port and the directory
    std::vector<std::string> wrapper;                 ///< a command in front of the program, for tracing
    std::vector<std::string> environment;             ///< "NAME=value", added to ours
    std::uint16_t port = 0;                           ///< 0: a free one
    std::size_t descriptors = 0;                      ///< RLIMIT_NOFILE of the child; 0: ours
    bool await_start = true;                          ///< false: the constructor does not wait for the start line
    std::vector<int> handed;  ///< listening sockets that it gets from descriptor 3 on, as a service manager does it
};

/// The program under test: $GODWIT, or the one of this build.
std::string godwit_program();

class ServerProcess {
public:
    /// Starts it and waits up to 20 s for the start line; throws, with its standard error, when there is none.
    explicit ServerProcess(const ServerSettings& settings);
    /// Kills what still runs.
    ~ServerProcess();
    ServerProcess(const ServerProcess&) = delete;
    ServerProcess& operator=(const ServerProcess&) = delete;

    [[nodiscard]] std::uint16_t port() const { return port_; }
    /// The server's own process, also behind a wrapper.
    [[nodiscard]] pid_t pid() const { return pid_; }
    [[nodiscard]] const std::string& start_line() const { return start_line_; }
    [[nodiscard]] std::string output_text() const { return files_.read("stdout"); }
    [[nodiscard]] std::string error_text() const { return files_.read("stderr"); }

    void signal(int number) const;
    /// The exit status (128 + number for a death by signal), or nothing when it still runs after `timeout_ms`.
    std::optional<int> wait(int timeout_ms);
    /// SIGTERM, then wait for up to 20 s; -1 when it did not end.
    int stop();
    /// SIGKILL, and waits.
    void kill();

    [[nodiscard]] std::size_t open_descriptors() const;
    [[nodiscard]] std::size_t resident_bytes() const;
    /// User and system time used so far.
    [[nodiscard]] double cpu_seconds() const;
    [[nodiscard]] bool runs() { return !wait(0).has_value(); }

private:
    void start(const ServerSettings& settings);
    void await_start_line();

    TempDir files_;
    pid_t child_ = -1;  ///< what we started: the server or the wrapper
    pid_t pid_ = -1;
    std::uint16_t port_ = 0;
    std::string start_line_;
    std::optional<int> exit_status_;
};

/// Runs a command to its end, with at most 30 s.
struct Finished {
    int status = -1;
    std::string output;
    std::string errors;
};
Finished run_command(const std::vector<std::string>& words);

/// Waits until `condition` holds, looking every few milliseconds; false after `timeout_ms`.
template <class Condition>
bool eventually(Condition condition, int timeout_ms = 5000);

/// Milliseconds of the monotonic clock.
std::int64_t now_ms();
void pause_ms(int milliseconds);

template <class Condition>
bool eventually(Condition condition, int timeout_ms) {
    const std::int64_t end = now_ms() + timeout_ms;
    while (!condition()) {
        if (now_ms() >= end) return false;
        pause_ms(3);
    }
    return true;
}

}  // namespace support
