// Readiness of real descriptors, and what tokens are for.
#include "net/poller.h"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include "support/catch.h"

using net::Event;
using net::Interest;
using net::Poller;
using net::Token;

namespace {

struct Pair {
    Pair() {
        std::array<int, 2> numbers{};
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, numbers.data()) == 0);
        near = base::Fd(numbers[0]);
        far = base::Fd(numbers[1]);
    }
    base::Fd near;
    base::Fd far;
};

// The one event there is, or none.
std::optional<Event> only_event(Poller& poller) {
    const std::span<const Event> events = poller.wait(0);
    REQUIRE(events.size() <= 1);
    return events.empty() ? std::nullopt : std::optional(events[0]);
}

void write_byte(const base::Fd& fd) { REQUIRE(::write(fd.get(), "x", 1) == 1); }

}  // namespace

TEST_CASE("poller: reports what is asked for, as long as it holds", "[net][poller]") {
    auto poller = Poller::create();
    REQUIRE(poller);
    const Pair pair;
    REQUIRE(poller->add(pair.near.get(), {7, 3}, Interest::read));
    CHECK_FALSE(only_event(*poller));
    write_byte(pair.far);
    for (int again = 0; again < 2; ++again) {
        const auto event = only_event(*poller);
        REQUIRE(event);
        CHECK(event->token == Token{7, 3});
        CHECK(event->readable);
        CHECK_FALSE(event->writable);
        CHECK_FALSE(event->hung_up);
        CHECK_FALSE(event->error);
    }
    REQUIRE(poller->modify(pair.near.get(), {7, 3}, Interest::write));
    CHECK(only_event(*poller)->writable);
    CHECK_FALSE(only_event(*poller)->readable);
    REQUIRE(poller->modify(pair.near.get(), {7, 3}, Interest::read_write));
    CHECK(only_event(*poller)->writable);
    CHECK(only_event(*poller)->readable);
    REQUIRE(poller->modify(pair.near.get(), {7, 3}, Interest::none));
    CHECK_FALSE(only_event(*poller));
    REQUIRE(poller->modify(pair.near.get(), {7, 3}, Interest::read));
    REQUIRE(poller->remove(pair.near.get()));
    CHECK_FALSE(only_event(*poller));
}

TEST_CASE("poller: a half-close is readable and no hang-up; a full close is both", "[net][poller]") {
    auto poller = Poller::create();
    REQUIRE(poller);
    Pair pair;
    REQUIRE(poller->add(pair.near.get(), {1, 1}, Interest::read));
    REQUIRE(::shutdown(pair.far.get(), SHUT_WR) == 0);
    auto event = only_event(*poller);
    REQUIRE(event);
    CHECK(event->readable);
    CHECK_FALSE(event->hung_up);
    pair.far.reset();
    event = only_event(*poller);
    REQUIRE(event);
    CHECK(event->hung_up);
}

TEST_CASE("poller: a hang-up is reported without any interest", "[net][poller]") {
    auto poller = Poller::create();
    REQUIRE(poller);
    Pair pair;
    REQUIRE(poller->add(pair.near.get(), {1, 1}, Interest::none));
    pair.far.reset();
    const auto event = only_event(*poller);
    REQUIRE(event);
    CHECK(event->hung_up);
}

TEST_CASE("poller: the error of a write nobody can read is reported", "[net][poller]") {
    auto poller = Poller::create();
    REQUIRE(poller);
    std::array<int, 2> numbers{};
    REQUIRE(::pipe2(numbers.data(), O_NONBLOCK | O_CLOEXEC) == 0);
    base::Fd reader(numbers[0]);
    const base::Fd writer(numbers[1]);
    REQUIRE(poller->add(writer.get(), {1, 1}, Interest::none));
    reader.reset();
    const auto event = only_event(*poller);
    REQUIRE(event);
    CHECK(event->error);
}

TEST_CASE("poller: refuses descriptors it cannot watch", "[net][poller]") {
    auto poller = Poller::create();
    REQUIRE(poller);
    const Pair pair;
    CHECK_FALSE(poller->add(-1, {}, Interest::read));
    CHECK_FALSE(poller->modify(pair.near.get(), {}, Interest::read));
    CHECK_FALSE(poller->remove(pair.near.get()));
    CHECK(poller->add(pair.near.get(), {}, Interest::read));
    CHECK_FALSE(poller->add(pair.near.get(), {}, Interest::read));
}

TEST_CASE("poller: a reused descriptor number does not answer to the old token", "[net][poller]") {
    auto poller = Poller::create();
    REQUIRE(poller);
    Pair first;
    write_byte(first.far);
    REQUIRE(poller->add(first.near.get(), {5, 1}, Interest::read));
    const std::span<const Event> events = poller->wait(0);
    REQUIRE(events.size() == 1);
    // While the batch is handled, the connection ends and its slot and its number go to another one.
    const int number = first.near.get();
    first.near.reset();
    const Pair second;
    REQUIRE(second.near.get() == number);  // the kernel gives the lowest free number
    const Token current{5, 2};
    REQUIRE(poller->add(number, current, Interest::read));
    CHECK(events[0].token.slot == current.slot);
    CHECK_FALSE(events[0].token == current);
    // The closed descriptor is watched no more, the new one under its own token.
    CHECK_FALSE(only_event(*poller));
    write_byte(second.far);
    const auto event = only_event(*poller);
    REQUIRE(event);
    CHECK(event->token == current);
}

TEST_CASE("poller: more events than one wait takes come with the next", "[net][poller]") {
    auto poller = Poller::create();
    REQUIRE(poller);
    std::vector<base::Fd> ready;
    constexpr std::size_t kCount = Poller::kMaxEvents + 44;
    for (std::uint32_t i = 0; i < kCount; ++i) {
        ready.emplace_back(::eventfd(1, EFD_NONBLOCK | EFD_CLOEXEC));
        REQUIRE(ready.back());
        REQUIRE(poller->add(ready.back().get(), {i, 0}, Interest::read));
    }
    std::set<std::uint32_t> seen;
    CHECK(poller->wait(0).size() == Poller::kMaxEvents);
    for (int round = 0; round < 4 && seen.size() < kCount; ++round) {
        for (const Event& event : poller->wait(0)) seen.insert(event.token.slot);
    }
    CHECK(seen.size() == kCount);
}

TEST_CASE("poller: an interrupted wait is an empty one", "[net][poller]") {
    auto poller = Poller::create();
    REQUIRE(poller);
    // It repeats, so that one that comes before the wait does no harm.
    struct sigaction quiet{};
    struct sigaction before{};
    quiet.sa_handler = [](int) {};
    REQUIRE(::sigaction(SIGALRM, &quiet, &before) == 0);
    const itimerval soon{{0, 1000}, {0, 1000}};
    const itimerval never{};
    REQUIRE(::setitimer(ITIMER_REAL, &soon, nullptr) == 0);
    const std::size_t events = poller->wait(10'000).size();
    REQUIRE(::setitimer(ITIMER_REAL, &never, nullptr) == 0);
    REQUIRE(::sigaction(SIGALRM, &before, nullptr) == 0);
    CHECK(events == 0);
}

TEST_CASE("token: packs and unpacks all of its bits", "[net][poller]") {
    for (const Token token : {Token{0, 0}, Token{1, 2}, Token{0xffffffffU, 0}, Token{0, 0xffffffffU}}) {
        CHECK(Token::unpack(token.packed()) == token);
    }
}
