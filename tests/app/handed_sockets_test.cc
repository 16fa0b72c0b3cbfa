// Socket activation, in processes of their own: descriptors begin at 3 there.
#include "app/handed_sockets.h"

#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <functional>
#include <string>

#include "support/catch.h"

using net::Listener;

namespace {

/// A process that was started with these variables and with `descriptors` from number 3 on. True when `check` holds in
/// it.
bool holds_apart(const std::vector<int>& descriptors, const char* names, const std::function<bool()>& check) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        constexpr int kAside = 200;
        for (std::size_t i = 0; i < descriptors.size(); ++i) ::dup2(descriptors[i], kAside + static_cast<int>(i));
        for (std::size_t i = 0; i < descriptors.size(); ++i) {
            ::dup2(kAside + static_cast<int>(i), 3 + static_cast<int>(i));
        }
        ::setenv("LISTEN_PID", std::to_string(::getpid()).c_str(), 1);
        ::setenv("LISTEN_FDS", std::to_string(descriptors.size()).c_str(), 1);
        if (names != nullptr) ::setenv("LISTEN_FDNAMES", names, 1);
        ::_exit(check() ? 0 : 1);
    }
    int status = -1;
    REQUIRE(::waitpid(child, &status, 0) == child);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

Listener open_listener() {
    auto listener = Listener::open(net::Address::parse("127.0.0.1", 0).value(), 16);
    REQUIRE(listener);
    return std::move(*listener);
}

bool is_gone(const char* name) { return std::getenv(name) == nullptr; }

}  // namespace

TEST_CASE("handed sockets: are listeners in their order, those named https for TLS", "[app][service]") {
    const Listener first = open_listener();
    const Listener second = open_listener();
    CHECK(holds_apart({first.descriptor(), second.descriptor()}, "godwit.socket:https", [&] {
        const auto taken = app::take_handed_sockets();
        return taken && taken->site.size() == 2 && taken->site[0].address() == first.address() &&
               taken->site[0].descriptor() == 3 && taken->site[1].address().is_same_place(second.address()) &&
               taken->site[1].address().scheme == net::Scheme::https && taken->admin.empty();
    }));
}

TEST_CASE("handed sockets: those named admin are apart, and only of this machine", "[app][service]") {
    const Listener site = open_listener();
    const Listener admin = open_listener();
    CHECK(holds_apart({site.descriptor(), admin.descriptor()}, "web:admin", [&] {
        const auto taken = app::take_handed_sockets();
        return taken && taken->site.size() == 1 && taken->admin.size() == 1 &&
               taken->admin[0].address() == admin.address();
    }));
    const auto open = Listener::open(net::Address::parse("0.0.0.0", 0).value(), 16);
    REQUIRE(open);
    CHECK(holds_apart({open->descriptor()}, "admin", [] { return !app::take_handed_sockets(); }));
}

TEST_CASE("handed sockets: leave nothing for children in the environment", "[app][service]") {
    const Listener listener = open_listener();
    CHECK(holds_apart({listener.descriptor()}, "a", [] {
        const auto taken = app::take_handed_sockets();
        return taken && is_gone("LISTEN_PID") && is_gone("LISTEN_FDS") && is_gone("LISTEN_FDNAMES");
    }));
}

TEST_CASE("handed sockets: those of another process are left alone", "[app][service]") {
    const Listener listener = open_listener();
    CHECK(holds_apart({listener.descriptor()}, nullptr, [] {
        ::setenv("LISTEN_PID", "1", 1);
        const auto taken = app::take_handed_sockets();
        return taken && taken->site.empty() && is_gone("LISTEN_FDS");
    }));
}

TEST_CASE("handed sockets: what no server can listen on is an error", "[app][service]") {
    CHECK(holds_apart({STDIN_FILENO}, nullptr, [] { return !app::take_handed_sockets(); }));
    const int datagrams = ::socket(AF_UNIX, SOCK_DGRAM, 0);
    const int idle = ::socket(AF_INET, SOCK_STREAM, 0);
    CHECK(holds_apart({datagrams}, nullptr, [] { return !app::take_handed_sockets(); }));
    CHECK(holds_apart({idle}, nullptr, [] { return !app::take_handed_sockets(); }));
    ::close(datagrams);
    ::close(idle);
    for (const char* count : {"x", "-1", "100000"}) {
        CHECK(holds_apart({}, nullptr, [count] {
            ::setenv("LISTEN_FDS", count, 1);
            return !app::take_handed_sockets();
        }));
    }
}
