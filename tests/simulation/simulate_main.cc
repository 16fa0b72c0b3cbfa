// The command for long runs, called by scripts/simulate: seed after seed until so many steps are made or a seed fails.
// A failing seed is shrunk, and its steps are printed with the command that runs them again.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <string>
#include <string_view>

#include "simulation/shrinking.h"
#include "simulation/world.h"

namespace {

using simulation::Counts;
using simulation::Result;
using simulation::Settings;

constexpr std::size_t kMostRuns = 3'000;

struct Order {
    Settings settings;
    std::size_t steps = 1'000'000;  ///< of all seeds together
    bool one_seed = false;          ///< its steps are shown
};

[[noreturn]] void show_usage() {
    std::fputs(
        "usage: simulate [--steps N] [--first-seed N] [--steps-each N] [--clients N]\n"
        "       simulate --seed N [--steps-each N] [--clients N] [--without-steps LIST] [--without-clients LIST]\n",
        stderr);
    std::exit(2);
}

std::size_t number_of(std::string_view text) {
    std::size_t number = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), number).ptr != text.data() + text.size()) show_usage();
    return number;
}

Order read_order(int count, char** words) {
    Order order;
    for (int at = 1; at < count; at += 2) {
        const std::string_view name = words[at];
        if (at + 1 == count) show_usage();
        const std::string_view value = words[at + 1];
        if (name == "--steps") {
            order.steps = number_of(value);
        } else if (name == "--seed" || name == "--first-seed") {
            order.settings.seed = number_of(value);
            order.one_seed = name == "--seed";
        } else if (name == "--steps-each") {
            order.settings.steps = number_of(value);
        } else if (name == "--clients") {
            order.settings.clients = number_of(value);
        } else if (name == "--without-steps") {
            order.settings.left_out_steps = simulation::numbers_of(value);
        } else if (name == "--without-clients") {
            order.settings.left_out_clients = simulation::numbers_of(value);
        } else {
            show_usage();
        }
    }
    return order;
}

void print(const Counts& counts, double seconds) {
    std::printf(
        "%zu steps in %.1f s (%.0f an hour): %zu answers on %zu connections, %zu of them left early, %zu restarts\n",
        counts.steps, seconds, static_cast<double>(counts.steps) / seconds * 3600, counts.answers, counts.connections,
        counts.resets, counts.restarts);
    std::printf("%llu steps of the disk, %llu faults\n", static_cast<unsigned long long>(counts.disk_steps),
                static_cast<unsigned long long>(counts.faults));
    for (std::size_t kind = 0; kind < simulation::kRequestKinds; ++kind) {
        const std::string name(simulation::kind_name(static_cast<simulation::RequestKind>(kind)));
        std::printf("  %8zu %s\n", counts.requests[kind], name.c_str());
    }
}

/// What the process that runs seeds tells the one that waits for it, which lives on when a seed ends the process.
struct Progress {
    std::uint64_t seed = 0;  ///< under way
    Counts counts;
};

Progress& make_progress() {
    void* const memory = ::mmap(nullptr, sizeof(Progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) std::abort();
    return *new (memory) Progress;
}

/// Whether the process that ends early says why.
enum class Words : std::uint8_t { shown, hidden };

/// Runs `work` in a process of its own; true when it returned true and nothing ended the process before.
template <class Work>
bool succeeds_apart(Work work, Words words) {
    std::fflush(stdout);
    const pid_t child = ::fork();
    if (child == 0) {
        if (words == Words::hidden) ::dup2(::open("/dev/null", O_WRONLY | O_CLOEXEC), STDERR_FILENO);
        const bool succeeded = work();
        std::fflush(stdout);
        ::_exit(succeeded ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    if (words == Words::shown && WIFSIGNALED(status)) std::printf("a signal ended the process: %d\n", WTERMSIG(status));
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool fails_apart(const Settings& settings) {
    return !succeeds_apart([&] { return !simulation::simulate(settings).violation; }, Words::hidden);
}

void print_command(const Settings& settings) {
    std::printf("again: scripts/simulate --seed %llu --steps-each %zu", static_cast<unsigned long long>(settings.seed),
                settings.steps);
    if (settings.clients != 0) std::printf(" --clients %zu", settings.clients);
    const auto print_left_out = [](const char* option, const std::set<std::size_t>& numbers) {
        if (!numbers.empty()) std::printf(" %s %s", option, simulation::text_of(numbers).c_str());
    };
    print_left_out("--without-clients", settings.left_out_clients);
    print_left_out("--without-steps", settings.left_out_steps);
    std::printf("\n");
}

/// True when no fault was found. Each step is printed before the next one.
bool show(Settings settings) {
    settings.say = [](const std::string& line) {
        std::printf("  %s\n", line.c_str());
        std::fflush(stdout);
    };
    const auto begun = std::chrono::steady_clock::now();
    const Result result = simulation::simulate(settings);
    if (!result.violation) {
        print(result.counts, std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count());
        return true;
    }
    std::printf("seed %llu fails in step %zu: %s\n", static_cast<unsigned long long>(settings.seed), result.failed_step,
                result.violation->c_str());
    return false;
}

int run_one(const Settings& settings) {
    const bool succeeded = succeeds_apart([&] { return show(settings); }, Words::shown);
    print_command(settings);
    return succeeded ? 0 : 1;
}

bool run_seeds(const Order& order, Progress& progress) {
    Settings settings = order.settings;
    for (; progress.counts.steps < order.steps; ++progress.seed) {
        settings.seed = progress.seed;
        const Result result = simulation::simulate(settings);
        progress.counts.add(result.counts);
        if (!result.violation) continue;
        std::printf("seed %llu fails in step %zu: %s\n", static_cast<unsigned long long>(settings.seed),
                    result.failed_step, result.violation->c_str());
        return false;
    }
    return true;
}

int run_many(const Order& order) {
    const auto begun = std::chrono::steady_clock::now();
    Progress& progress = make_progress();
    progress.seed = order.settings.seed;
    const bool succeeded = succeeds_apart([&] { return run_seeds(order, progress); }, Words::shown);
    print(progress.counts, std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count());
    if (succeeded) {
        std::printf("no fault was found; the next seed is %llu\n", static_cast<unsigned long long>(progress.seed));
        return 0;
    }
    std::printf("seed %llu fails; shrinking ...\n", static_cast<unsigned long long>(progress.seed));
    Settings settings = order.settings;
    settings.seed = progress.seed;
    return run_one(simulation::shrink(settings, kMostRuns, fails_apart));
}

}  // namespace

int main(int count, char** words) {
    const Order order = read_order(count, words);
    return order.one_seed ? run_one(order.settings) : run_many(order);
}
