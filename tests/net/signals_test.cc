// Signals that this process sends itself. Everything is put back afterwards.
#include "net/signals.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <vector>

#include "support/catch.h"

namespace {

// What Signals changes in the process, put back at the end of the scope: other tests rely on the defaults.
struct KeptSignals {
    KeptSignals() {
        ::sigprocmask(SIG_SETMASK, nullptr, &mask);
        ::sigaction(SIGPIPE, nullptr, &broken_pipe);
    }
    ~KeptSignals() {
        ::sigprocmask(SIG_SETMASK, &mask, nullptr);
        ::sigaction(SIGPIPE, &broken_pipe, nullptr);
    }
    KeptSignals(const KeptSignals&) = delete;
    KeptSignals& operator=(const KeptSignals&) = delete;
    sigset_t mask{};
    struct sigaction broken_pipe{};
};

}  // namespace

TEST_CASE("signals: the four arrive as numbers to read", "[net][signals]") {
    const KeptSignals kept;
    const auto signals = net::Signals::open();
    REQUIRE(signals);
    CHECK_FALSE(signals->next());
    std::vector<int> sent{SIGTERM, SIGINT, SIGHUP, SIGUSR1};
    for (const int number : sent) REQUIRE(::kill(::getpid(), number) == 0);
    std::vector<int> got;
    while (const auto number = signals->next()) got.push_back(*number);
    std::sort(sent.begin(), sent.end());
    std::sort(got.begin(), got.end());
    CHECK(got == sent);
}

TEST_CASE("signals: a second one of a kind is one while the first waits", "[net][signals]") {
    const KeptSignals kept;
    const auto signals = net::Signals::open();
    REQUIRE(signals);
    REQUIRE(::kill(::getpid(), SIGTERM) == 0);
    REQUIRE(::kill(::getpid(), SIGTERM) == 0);
    CHECK(signals->next() == SIGTERM);
    CHECK_FALSE(signals->next());
    REQUIRE(::kill(::getpid(), SIGTERM) == 0);
    CHECK(signals->next() == SIGTERM);
}

TEST_CASE("signals: writing to a pipe that nobody reads does not end the process", "[net][signals]") {
    const KeptSignals kept;
    const auto signals = net::Signals::open();
    REQUIRE(signals);
    std::array<int, 2> numbers{};
    REQUIRE(::pipe(numbers.data()) == 0);
    base::Fd reader(numbers[0]);
    const base::Fd writer(numbers[1]);
    reader.reset();
    CHECK(::write(writer.get(), "x", 1) == -1);
    CHECK(errno == EPIPE);
}
