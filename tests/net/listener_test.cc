// Listening on real sockets of the loopback and of a directory of its own.
#include "net/listener.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <vector>

#include "support/catch.h"

using net::Accepted;
using net::Address;
using net::Family;
using net::Listener;

namespace {

Address parse(std::string_view text, std::uint16_t port = 0) { return Address::parse(text, port).value(); }

base::Fd connect_to(const Address& address) {
    sockaddr_storage storage;
    const socklen_t length = address.fill(storage);
    base::Fd fd(::socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    REQUIRE(fd);
    if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&storage), length) != 0) fd.reset();
    return fd;
}

// On the loopback a connection waits in the backlog as soon as connect() has returned; poll() only makes sure.
Accepted accept_one(const Listener& listener) {
    pollfd waiting{listener.descriptor(), POLLIN, 0};
    REQUIRE(::poll(&waiting, 1, 5000) == 1);
    return listener.accept();
}

int option(int fd, int level, int name) {
    int value = -1;
    socklen_t length = sizeof value;
    REQUIRE(::getsockopt(fd, level, name, &value, &length) == 0);
    return value;
}

bool exists(const std::string& path) {
    struct stat status{};
    return ::lstat(path.c_str(), &status) == 0;
}

struct Directory {
    Directory() {
        std::string pattern = "/tmp/godwit-listener-XXXXXX";
        REQUIRE(::mkdtemp(pattern.data()) != nullptr);
        path = pattern;
    }
    ~Directory() {
        ::unlink(socket().c_str());
        ::rmdir(path.c_str());
    }
    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;
    [[nodiscard]] std::string socket() const { return path + "/s"; }
    [[nodiscard]] Address address() const { return parse("unix:" + socket()); }
    std::string path;
};

}  // namespace

TEST_CASE("listener: takes a free port and says which", "[net][listener]") {
    auto listener = Listener::open(parse("127.0.0.1"), 16);
    REQUIRE(listener);
    CHECK(listener->address().port() != 0);
    CHECK(listener->address().host_text() == "127.0.0.1");
    CHECK((::fcntl(listener->descriptor(), F_GETFL) & O_NONBLOCK) != 0);
    CHECK((::fcntl(listener->descriptor(), F_GETFD) & FD_CLOEXEC) != 0);
}

TEST_CASE("listener: accepts until nobody waits", "[net][listener]") {
    auto listener = Listener::open(parse("127.0.0.1"), 16);
    REQUIRE(listener);
    CHECK(listener->accept().outcome == Accepted::none);
    const base::Fd client = connect_to(listener->address());
    REQUIRE(client);
    const Accepted accepted = accept_one(*listener);
    REQUIRE(accepted.outcome == Accepted::accepted);
    std::string peer;
    accepted.peer.append_to(peer);
    CHECK(peer == "127.0.0.1");
    CHECK(accepted.peer.port != 0);
    CHECK((::fcntl(accepted.fd.get(), F_GETFL) & O_NONBLOCK) != 0);
    CHECK((::fcntl(accepted.fd.get(), F_GETFD) & FD_CLOEXEC) != 0);
    CHECK(listener->accept().outcome == Accepted::none);
}

TEST_CASE("listener: accepted connections inherit that they do not delay", "[net][listener]") {
    auto listener = Listener::open(parse("127.0.0.1"), 16);
    REQUIRE(listener);
    const base::Fd client = connect_to(listener->address());
    const Accepted accepted = accept_one(*listener);
    REQUIRE(accepted.outcome == Accepted::accepted);
    CHECK(option(client.get(), IPPROTO_TCP, TCP_NODELAY) == 0);
    CHECK(option(accepted.fd.get(), IPPROTO_TCP, TCP_NODELAY) == 1);
}

TEST_CASE("listener: a port in use is said in a sentence", "[net][listener]") {
    const auto first = Listener::open(parse("127.0.0.1"), 16);
    REQUIRE(first);
    const std::uint16_t port = first->address().port();
    const auto second = Listener::open(parse("127.0.0.1", port), 16);
    REQUIRE_FALSE(second);
    CHECK(second.error().starts_with("port " + std::to_string(port) + " on 127.0.0.1 is already in use by process " +
                                     std::to_string(::getpid())));
}

TEST_CASE("listener: an address of another machine is said in a sentence", "[net][listener]") {
    const auto listener = Listener::open(parse("192.0.2.1", 4221), 16);
    REQUIRE_FALSE(listener);
    CHECK(listener.error() == "192.0.2.1 is not an address of this machine (0.0.0.0 is all that it has)");
}

TEST_CASE("listener: a port is free again at once, although its connections linger", "[net][listener]") {
    std::uint16_t port = 0;
    {
        auto listener = Listener::open(parse("127.0.0.1"), 16);
        REQUIRE(listener);
        port = listener->address().port();
        base::Fd client = connect_to(listener->address());
        Accepted accepted = accept_one(*listener);
        accepted.fd.reset();  // our side closes first and so keeps the port in TIME_WAIT
        client.reset();
    }
    CHECK(Listener::open(parse("127.0.0.1", port), 16));
}

TEST_CASE("listener: IPv6 leaves IPv4 to others", "[net][listener]") {
    auto six = Listener::open(parse("::1"), 16);
    if (!six) {
        WARN("no IPv6 on this machine: " << six.error());
        return;
    }
    CHECK(option(six->descriptor(), IPPROTO_IPV6, IPV6_V6ONLY) == 1);
    const base::Fd client = connect_to(six->address());
    REQUIRE(client);
    const Accepted accepted = accept_one(*six);
    std::string peer;
    accepted.peer.append_to(peer);
    CHECK(peer == "::1");
    const auto again = Listener::open(six->address(), 16);
    REQUIRE_FALSE(again);
    CHECK(again.error().starts_with("port " + std::to_string(six->address().port()) + " on [::1] is already in use"));
}

TEST_CASE("listener: running out of descriptors is told apart, and passes", "[net][listener]") {
    auto listener = Listener::open(parse("127.0.0.1"), 16);
    REQUIRE(listener);
    const base::Fd client = connect_to(listener->address());
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
    // The lowest free number is the first that is not allowed any more.
    const base::Fd probe(::dup(client.get()));
    const rlimit tight{static_cast<rlim_t>(probe.get() + 1), before.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &tight) == 0);
    const Accepted::Outcome refused = listener->accept().outcome;
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
    CHECK(refused == Accepted::out_of_descriptors);
    CHECK(listener->accept().outcome == Accepted::accepted);
}

TEST_CASE("listener: a closed one refuses connections and accepts none", "[net][listener]") {
    auto listener = Listener::open(parse("127.0.0.1"), 16);
    REQUIRE(listener);
    const Address address = listener->address();
    listener->close();
    CHECK(listener->descriptor() == -1);
    CHECK(listener->accept().outcome == Accepted::none);
    CHECK_FALSE(connect_to(address));
}

TEST_CASE("listener: a unix socket lies there while it is served", "[net][listener]") {
    const Directory directory;
    {
        auto listener = Listener::open(directory.address(), 16);
        REQUIRE(listener);
        CHECK(exists(directory.socket()));
        CHECK(listener->address() == directory.address());
        const base::Fd client = connect_to(directory.address());
        REQUIRE(client);
        const Accepted accepted = accept_one(*listener);
        std::string peer;
        accepted.peer.append_to(peer);
        CHECK(peer == "unix");
    }
    CHECK_FALSE(exists(directory.socket()));
}

TEST_CASE("listener: a unix socket in use is not taken away", "[net][listener]") {
    const Directory directory;
    const auto first = Listener::open(directory.address(), 16);
    REQUIRE(first);
    const auto second = Listener::open(directory.address(), 16);
    REQUIRE_FALSE(second);
    CHECK(second.error() == "unix:" + directory.socket() + " is already in use");
    CHECK(connect_to(directory.address()));
}

TEST_CASE("listener: replaces a socket file that a dead server left", "[net][listener]") {
    const Directory directory;
    {
        sockaddr_storage storage;
        const socklen_t length = directory.address().fill(storage);
        const base::Fd dead(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        REQUIRE(::bind(dead.get(), reinterpret_cast<const sockaddr*>(&storage), length) == 0);
    }
    REQUIRE(exists(directory.socket()));
    const auto listener = Listener::open(directory.address(), 16);
    REQUIRE(listener);
    CHECK(connect_to(directory.address()));
}

TEST_CASE("listener: a unix socket lets its group in, and has the rights that were asked for", "[net][listener]") {
    const Directory directory;
    const auto mode_of = [&] {
        struct stat status{};
        REQUIRE(::lstat(directory.socket().c_str(), &status) == 0);
        return status.st_mode & 07777U;
    };
    const mode_t before = ::umask(0077);
    {
        const auto listener = Listener::open(directory.address(), 1);
        REQUIRE(listener);
        CHECK(mode_of() == 0660);
    }
    {
        net::SocketRights rights{.mode = 0606};
        if (::geteuid() == 0) rights.owner = rights.group = 12345;
        const auto listener = Listener::open(directory.address(), 1, rights);
        REQUIRE(listener);
        CHECK(mode_of() == 0606);
        struct stat status{};
        REQUIRE(::lstat(directory.socket().c_str(), &status) == 0);
        if (::geteuid() == 0) CHECK((status.st_uid == 12345 && status.st_gid == 12345));
    }
    ::umask(before);
}

TEST_CASE("listener: never removes what is not a socket", "[net][listener]") {
    const Directory directory;
    const base::Fd file(::open(directory.socket().c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    REQUIRE(file);
    const auto refused = Listener::open(directory.address(), 16);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().starts_with("there is a file already that is no socket, " + directory.socket()));
    CHECK(exists(directory.socket()));
}

TEST_CASE("listener: leaves the socket file of its successor alone", "[net][listener]") {
    const Directory directory;
    auto old = Listener::open(directory.address(), 16);
    REQUIRE(old);
    REQUIRE(::unlink(directory.socket().c_str()) == 0);
    const auto successor = Listener::open(directory.address(), 16);
    REQUIRE(successor);
    old->close();
    CHECK(connect_to(directory.address()));
}

TEST_CASE("listener: a moved one serves on and cleans up once", "[net][listener]") {
    const Directory directory;
    std::vector<Listener> listeners;
    {
        auto listener = Listener::open(directory.address(), 16);
        REQUIRE(listener);
        listeners.push_back(std::move(*listener));
    }
    CHECK(connect_to(directory.address()));
    listeners[0] = *Listener::open(parse("127.0.0.1"), 16);
    CHECK_FALSE(exists(directory.socket()));
    CHECK(connect_to(listeners[0].address()));
}

TEST_CASE("listener: a socket that was handed over is made ready for the loop", "[net][listener]") {
    base::Fd handed(::socket(AF_INET, SOCK_STREAM, 0));
    REQUIRE(::listen(handed.get(), 16) == 0);
    auto listener = Listener::adopt(std::move(handed), net::Scheme::https);
    REQUIRE(listener);
    CHECK(listener->address().port() != 0);
    CHECK(listener->address().scheme == net::Scheme::https);
    CHECK((::fcntl(listener->descriptor(), F_GETFL) & O_NONBLOCK) != 0);
    CHECK((::fcntl(listener->descriptor(), F_GETFD) & FD_CLOEXEC) != 0);
    CHECK(option(listener->descriptor(), IPPROTO_TCP, TCP_NODELAY) == 1);
}

TEST_CASE("listener: the file of a socket that was handed over stays when the listener closes", "[net][listener]") {
    const Directory directory;
    const auto opened = Listener::open(directory.address(), 16);
    REQUIRE(opened);
    {
        const auto adopted = Listener::adopt(base::Fd(::dup(opened->descriptor())), net::Scheme::http);
        REQUIRE(adopted);
        CHECK(adopted->address() == directory.address());
    }
    CHECK(exists(directory.socket()));
    CHECK(connect_to(directory.address()));
}

TEST_CASE("listener: what does not listen for connections cannot be handed over", "[net][listener]") {
    CHECK_FALSE(Listener::adopt(base::Fd(), net::Scheme::http));
    CHECK_FALSE(Listener::adopt(base::Fd(::open("/dev/null", O_RDONLY | O_CLOEXEC)), net::Scheme::http));
    CHECK_FALSE(Listener::adopt(base::Fd(::socket(AF_INET, SOCK_STREAM, 0)), net::Scheme::http));
    CHECK_FALSE(Listener::adopt(base::Fd(::socket(AF_INET, SOCK_DGRAM, 0)), net::Scheme::http));
}

TEST_CASE("listener: one that leaves lets the other process that has the socket go on", "[net][listener]") {
    std::array<char, 32> folder{"/tmp/godwit-test-XXXXXX"};
    REQUIRE(::mkdtemp(folder.data()) != nullptr);
    const std::string path = std::string(folder.data()) + "/socket";
    auto first = Listener::open(parse("unix:" + path), 16);
    REQUIRE(first);
    auto second = Listener::take_over(base::Fd(::dup(first->descriptor())), net::Scheme::http);
    REQUIRE(second);
    const base::Fd waiting = connect_to(second->address());
    first->leave();
    CHECK(first->descriptor() == -1);
    CHECK(::access(path.c_str(), F_OK) == 0);
    // Whoever connected before waits for the second one.
    CHECK(accept_one(*second).outcome == Accepted::accepted);
    second->close();
    CHECK(::access(path.c_str(), F_OK) != 0);
    ::rmdir(folder.data());
}
