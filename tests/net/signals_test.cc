// Signals that this process sends itself. The mask is put back afterwards.
#include "net/signals.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <vector>

#include "support/catch.h"

namespace {

struct KeptMask {
    KeptMask() { ::sigprocmask(SIG_SETMASK, nullptr, &before); }
    ~KeptMask() { ::sigprocmask(SIG_SETMASK, &before, nullptr); }
    KeptMask(const KeptMask&) = delete;
    KeptMask& operator=(const KeptMask&) = delete;
    sigset_t before{};
};

}  // namespace

TEST_CASE("signals: the four arrive as numbers to read", "[net][signals]") {
    const KeptMask kept;
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
    const KeptMask kept;
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
    const KeptMask kept;
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
