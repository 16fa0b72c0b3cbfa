// Starting and stopping the real program: see the header.
#include "support/server_process.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdlib>
#include <sstream>
#include <stdexcept>

#include "support/child_processes.h"

namespace support {

namespace {

std::vector<char*> pointers(std::vector<std::string>& words) {
    std::vector<char*> list;
    for (std::string& word : words) list.push_back(word.data());
    list.push_back(nullptr);
    return list;
}

/// What a child begins with besides its words and its environment.
struct Beginning {
    std::size_t descriptors = 0;  ///< RLIMIT_NOFILE; 0: ours
    std::vector<int> handed;      ///< its descriptors from 3 on
};

/// Puts the sockets in their places, and their number and the owner's into the environment. Returns the first
/// descriptor behind them.
unsigned hand_over(const std::vector<int>& sockets) {
    constexpr int kFirst = 3;
    constexpr int kAside = 64;  // so that no socket lies in the place of another one
    if (sockets.empty()) return kFirst;
    const int count = static_cast<int>(sockets.size());
    for (int i = 0; i < count; ++i) ::dup2(sockets[static_cast<std::size_t>(i)], kAside + i);
    for (int i = 0; i < count; ++i) ::dup2(kAside + i, kFirst + i);
    static std::array<char, 32> process{"LISTEN_PID="};
    static std::array<char, 32> number{"LISTEN_FDS="};
    std::to_chars(process.data() + 11, process.data() + process.size() - 1, ::getpid());
    std::to_chars(number.data() + 11, number.data() + number.size() - 1, count);
    ::putenv(process.data());
    ::putenv(number.data());
    return static_cast<unsigned>(kFirst + count);
}

/// Only calls that are allowed between fork and exec in a program with threads.
[[noreturn]] void become(std::vector<char*>& words, std::vector<char*>& environment, int out, int err,
                         const Beginning& beginning) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int null = ::open("/dev/null", O_RDONLY);
    ::dup2(null, 0);
    ::dup2(out, 1);
    ::dup2(err, 2);
    ::close_range(hand_over(beginning.handed), ~0U, 0);
    if (beginning.descriptors > 0) {
        const rlimit limit{beginning.descriptors, beginning.descriptors};
        ::setrlimit(RLIMIT_NOFILE, &limit);
    }
    for (char* pair : environment) {
        if (pair != nullptr) ::putenv(pair);
    }
    ::execvp(words[0], words.data());
    ::_exit(127);
}

pid_t spawn(std::vector<std::string> words, std::vector<std::string> environment, const std::string& out_name,
            const std::string& err_name, const Beginning& beginning) {
    auto word_list = pointers(words);
    auto environment_list = pointers(environment);
    const int out = ::open(out_name.c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
    const int err = ::open(err_name.c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
    const pid_t child = ::fork();
    if (child == 0) become(word_list, environment_list, out, err, beginning);
    ::close(out);
    ::close(err);
    if (child < 0) throw std::runtime_error("fork failed");
    return child;
}

int exit_status_of(int wait_status) {
    return WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 128 + WTERMSIG(wait_status);
}

pid_t first_child(pid_t parent) {
    const std::vector<pid_t> children = children_of(parent);
    return children.empty() ? -1 : children.front();
}

}  // namespace

std::string godwit_program() {
    if (const char* given = std::getenv("GODWIT"); given != nullptr && *given != '\0') return given;
    return GODWIT_PROGRAM;
}

ServerProcess::ServerProcess(const ServerSettings& settings) {
    start(settings);
    if (!settings.await_start) return;
    await_start_line();
    if (!settings.wrapper.empty()) pid_ = first_child(child_);
}

ServerProcess::~ServerProcess() { kill(); }

void ServerProcess::start(const ServerSettings& settings) {
    std::vector<std::string> words = settings.wrapper;
    words.push_back(godwit_program());
    words.insert(words.end(), {"--port", std::to_string(settings.port)});
    words.insert(words.end(), settings.options.begin(), settings.options.end());
    if (!settings.directory.empty()) words.push_back(settings.directory);
    child_ = pid_ = spawn(std::move(words), settings.environment, files_.at("stdout"), files_.at("stderr"),
                          {.descriptors = settings.descriptors, .handed = settings.handed});
}

void ServerProcess::await_start_line() {
    const bool there = eventually(
        [this] {
            const std::string text = output_text();
            const std::size_t begin = text.find("godwit ");
            const std::size_t end = begin == std::string::npos ? begin : text.find('\n', begin);
            if (end != std::string::npos) start_line_ = text.substr(begin, end - begin);
            return end != std::string::npos || wait(0).has_value();
        },
        20'000);
    if (!there || start_line_.empty()) {
        const std::string status = exit_status_ ? "exit status " + std::to_string(*exit_status_) : "still silent";
        throw std::runtime_error(godwit_program() + " did not start: " + status + ": " + error_text());
    }
    const std::size_t scheme = start_line_.find("://");
    if (scheme == std::string::npos) return;
    const std::size_t slash = start_line_.find('/', scheme + 3);
    const std::size_t colon = start_line_.rfind(':', slash);
    std::from_chars(start_line_.data() + colon + 1, start_line_.data() + slash, port_);
}

void ServerProcess::signal(int number) const {
    if (pid_ > 0 && !exit_status_) ::kill(pid_, number);
}

std::optional<int> ServerProcess::wait(int timeout_ms) {
    if (exit_status_ || child_ <= 0) return exit_status_;
    eventually(
        [this] {
            int status = 0;
            if (::waitpid(child_, &status, WNOHANG) == child_) exit_status_ = exit_status_of(status);
            return exit_status_.has_value();
        },
        timeout_ms);
    return exit_status_;
}

int ServerProcess::stop() {
    signal(SIGTERM);
    return wait(20'000).value_or(-1);
}

void ServerProcess::kill() {
    if (child_ <= 0 || exit_status_) return;
    if (pid_ != child_ && pid_ > 0) ::kill(pid_, SIGKILL);
    ::kill(child_, SIGKILL);
    int status = 0;
    if (::waitpid(child_, &status, 0) == child_) exit_status_ = exit_status_of(status);
}

std::size_t ServerProcess::open_descriptors() const {
    DIR* directory = ::opendir(("/proc/" + std::to_string(pid_) + "/fd").c_str());
    if (directory == nullptr) return 0;
    std::size_t count = 0;
    while (const dirent* entry = ::readdir(directory)) count += entry->d_name[0] != '.' ? 1U : 0U;
    ::closedir(directory);
    return count;
}

std::size_t ServerProcess::resident_bytes() const {
    std::istringstream text(read_file("/proc/" + std::to_string(pid_) + "/statm"));
    std::size_t total = 0;
    std::size_t resident = 0;
    text >> total >> resident;
    return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

double ServerProcess::cpu_seconds() const {
    const std::string text = read_file("/proc/" + std::to_string(pid_) + "/stat");
    std::istringstream fields(text.substr(text.rfind(')') + 2));
    std::string skipped;
    for (int i = 0; i < 11; ++i) fields >> skipped;
    double user = 0;
    double system = 0;
    fields >> user >> system;
    return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

Finished run_command(const std::vector<std::string>& words) {
    const TempDir files;
    const pid_t child = spawn(words, {}, files.at("stdout"), files.at("stderr"), {});
    Finished result;
    int status = 0;
    const bool ended = eventually([&] { return ::waitpid(child, &status, WNOHANG) == child; }, 30'000);
    if (!ended) {
        ::kill(child, SIGKILL);
        ::waitpid(child, &status, 0);
    }
    result.status = exit_status_of(status);
    result.output = files.read("stdout");
    result.errors = files.read("stderr");
    return result;
}

std::int64_t now_ms() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<std::int64_t>(now.tv_sec) * 1000 + now.tv_nsec / 1'000'000;
}

void pause_ms(int milliseconds) {
    const timespec pause{milliseconds / 1000, static_cast<long>(milliseconds % 1000) * 1'000'000};
    ::nanosleep(&pause, nullptr);
}

}  // namespace support
