// The messages to a service manager, read from the other end of its socket.
#include "app/service_notify.h"

#include <unistd.h>

#include <cstdlib>

#include "support/catch.h"
#include "support/fake_clock.h"
#include "support/notify_socket.h"

using app::ServiceNotify;
using support::NotifySocket;

namespace {

/// No name in the file system, so nothing has to be removed.
std::string abstract_name() { return "@godwit-notify-test-" + std::to_string(::getpid()); }

std::string own_process() { return std::to_string(::getpid()); }

/// With these variables in the environment; no other test sees them.
std::expected<ServiceNotify, std::string> with_variables(const base::Clock& clock, const std::string& address,
                                                         const char* watchdog_us = nullptr,
                                                         const std::string& watched = own_process()) {
    ::setenv("NOTIFY_SOCKET", address.c_str(), 1);
    if (watchdog_us != nullptr) ::setenv("WATCHDOG_USEC", watchdog_us, 1);
    ::setenv("WATCHDOG_PID", watched.c_str(), 1);
    return ServiceNotify::from_environment(clock);
}

struct CountingUpkeep final : server::Upkeep {
    void reload() override { ++reloads; }
    void begin_stopping() override { ++stops; }
    void advance() override { ++advances; }
    [[nodiscard]] base::MonotonicMs due() const override { return due_ms; }
    int reloads = 0;
    int stops = 0;
    int advances = 0;
    base::MonotonicMs due_ms = 0;
};

}  // namespace

TEST_CASE("service notify: where nobody listens, the upkeep behind it is still called", "[app][service]") {
    const FakeClock clock;
    ::unsetenv("NOTIFY_SOCKET");
    auto notify = ServiceNotify::from_environment(clock);
    REQUIRE(notify);
    CHECK(notify->due() > clock.now_ms());
    CountingUpkeep upkeep;
    notify->follow(upkeep);
    notify->ready("serving");
    notify->advance();
    notify->reload();
    CHECK(upkeep.advances == 1);
    CHECK(upkeep.reloads == 1);
}

TEST_CASE("service notify: says that it is ready, with its process and one line of status", "[app][service]") {
    const FakeClock clock;
    const NotifySocket manager(abstract_name());
    auto notify = with_variables(clock, abstract_name());
    REQUIRE(notify);
    CHECK(manager.next().empty());
    notify->ready("serving /srv on port 1\nREADY=0\n");
    CHECK(manager.next() == "READY=1\nMAINPID=" + own_process() + "\nSTATUS=serving /srv on port 1\n");
}

TEST_CASE("service notify: finds a socket that has a path", "[app][service]") {
    const FakeClock clock;
    const std::string path = "/tmp/godwit-notify-" + own_process();
    const NotifySocket manager(path);
    auto notify = with_variables(clock, path);
    ::unlink(path.c_str());
    REQUIRE(notify);
    notify->ready("gone");  // a manager that is gone does not matter
    CHECK(manager.next().empty());
    const NotifySocket again(path);
    notify->ready("there");
    ::unlink(path.c_str());
    CHECK(again.next().ends_with("STATUS=there\n"));
}

TEST_CASE("service notify: leaves nothing for children in the environment", "[app][service]") {
    const FakeClock clock;
    const NotifySocket manager(abstract_name());
    REQUIRE(with_variables(clock, abstract_name(), "2000000"));
    for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) CHECK(std::getenv(name) == nullptr);
}

TEST_CASE("service notify: a reload has a beginning, the time of it, and an end", "[app][service]") {
    FakeClock clock;
    const NotifySocket manager(abstract_name());
    auto notify = with_variables(clock, abstract_name());
    REQUIRE(notify);
    CountingUpkeep upkeep;
    notify->follow(upkeep);
    notify->ready("serving");
    CHECK(!manager.next().empty());
    clock.advance_us(7);
    notify->reload();
    CHECK(upkeep.reloads == 1);
    CHECK(manager.next() == "RELOADING=1\nMONOTONIC_USEC=1000000007\nSTATUS=Reloading\n");
    CHECK(manager.next().starts_with("READY=1\n"));
}

TEST_CASE("service notify: says that it stops", "[app][service]") {
    const FakeClock clock;
    const NotifySocket manager(abstract_name());
    auto notify = with_variables(clock, abstract_name());
    REQUIRE(notify);
    CountingUpkeep upkeep;
    notify->follow(upkeep);
    notify->begin_stopping();
    CHECK(upkeep.stops == 1);
    CHECK(manager.next().starts_with("STOPPING=1\n"));
}

TEST_CASE("service notify: gives a sign of life at half of the watchdog's time", "[app][service]") {
    FakeClock clock;
    const NotifySocket manager(abstract_name());
    auto notify = with_variables(clock, abstract_name(), "2000000");
    REQUIRE(notify);
    notify->ready("serving");
    CHECK(!manager.next().empty());
    CHECK(notify->due() == clock.now_ms());
    notify->advance();
    CHECK(manager.next() == "WATCHDOG=1\n");
    CHECK(notify->due() == clock.now_ms() + 1000);
    clock.advance_ms(999);
    notify->advance();
    CHECK(manager.next().empty());
    clock.advance_ms(1);
    notify->advance();
    CHECK(manager.next() == "WATCHDOG=1\n");
}

TEST_CASE("service notify: the upkeep behind it keeps its own times", "[app][service]") {
    FakeClock clock;
    const NotifySocket manager(abstract_name());
    auto notify = with_variables(clock, abstract_name(), "2000000");
    REQUIRE(notify);
    CountingUpkeep upkeep;
    upkeep.due_ms = clock.now_ms() + 300;
    notify->follow(upkeep);
    notify->ready("serving");
    notify->advance();
    CHECK(upkeep.advances == 0);
    CHECK(notify->due() == clock.now_ms() + 300);
    clock.advance_ms(300);
    notify->advance();
    CHECK(upkeep.advances == 1);
}

TEST_CASE("service notify: a watchdog of another process is not fed", "[app][service]") {
    FakeClock clock;
    const NotifySocket manager(abstract_name());
    auto notify = with_variables(clock, abstract_name(), "2000000", "1");
    REQUIRE(notify);
    clock.advance_ms(60'000);
    notify->advance();
    CHECK(manager.next().empty());
}

TEST_CASE("service notify: a value that cannot be used is an error", "[app][service]") {
    const FakeClock clock;
    CHECK_FALSE(with_variables(clock, "vsock:2:1"));
    CHECK_FALSE(with_variables(clock, "/" + std::string(200, 'x')));
    for (const char* time : {"0", "soon", "-1", "99999999999999999999"}) {
        CHECK_FALSE(with_variables(clock, abstract_name(), time));
    }
}
