// socket, bind, listen and accept4.
#include "net/listener.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace net {
namespace {

int domain_of(Family family) {
    switch (family) {
        case Family::ipv4: return AF_INET;
        case Family::ipv6: return AF_INET6;
        case Family::local: return AF_UNIX;
    }
    return AF_UNSPEC;
}

std::string bind_error(const Address& address, int error) {
    const bool local = address.family == Family::local;
    const std::string where =
        local ? address.path : "port " + std::to_string(address.port()) + " on " + address.host_text();
    switch (error) {
        case EADDRINUSE: return where + " is already in use";
        case EACCES:
            return "no permission to listen on " + where + (local ? "" : "; ports below 1024 need root");
        case EADDRNOTAVAIL: return address.host_text() + " is not an address of this machine";
        default: return "cannot listen on " + where + ": " + std::strerror(error);
    }
}

/// Removes a socket file that nobody serves any more.
void remove_stale(const Address& address) {
    struct stat status{};
    if (::lstat(address.path.c_str(), &status) != 0 || !S_ISSOCK(status.st_mode)) return;
    const base::Fd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_storage storage;
    const socklen_t length = address.fill(storage);
    if (::connect(probe.get(), reinterpret_cast<const sockaddr*>(&storage), length) != 0 && errno == ECONNREFUSED) {
        ::unlink(address.path.c_str());
    }
}

void set(int fd, int level, int option) {
    const int on = 1;
    ::setsockopt(fd, level, option, &on, sizeof on);
}

}  // namespace

std::expected<Listener, std::string> Listener::open(const Address& address, int backlog) {
    base::Fd fd(::socket(domain_of(address.family), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!fd) return std::unexpected(bind_error(address, errno));
    const bool local = address.family == Family::local;
    if (local) {
        remove_stale(address);
    } else {
        set(fd.get(), SOL_SOCKET, SO_REUSEADDR);
        // Accepted sockets inherit it.
        set(fd.get(), IPPROTO_TCP, TCP_NODELAY);
        if (address.family == Family::ipv6) set(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY);
    }
    sockaddr_storage storage;
    socklen_t length = address.fill(storage);
    if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&storage), length) != 0 ||
        ::listen(fd.get(), backlog) != 0) {
        return std::unexpected(bind_error(address, errno));
    }
    length = sizeof storage;
    ::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&storage), &length);
    Listener listener(std::move(fd), local ? address : Address::from_socket(storage, length));
    struct stat status{};
    char absolute[PATH_MAX];
    if (local && ::realpath(address.path.c_str(), absolute) != nullptr && ::stat(absolute, &status) == 0) {
        listener.socket_path_ = absolute;
        listener.socket_device_ = status.st_dev;
        listener.socket_inode_ = status.st_ino;
    }
    return listener;
}

Listener& Listener::operator=(Listener&& other) noexcept {
    if (this != &other) {
        close();
        fd_ = std::move(other.fd_);
        address_ = std::move(other.address_);
        socket_path_ = std::exchange(other.socket_path_, {});
        socket_device_ = other.socket_device_;
        socket_inode_ = other.socket_inode_;
    }
    return *this;
}

Listener::~Listener() { close(); }

void Listener::close() {
    fd_.reset();
    const std::string path = std::exchange(socket_path_, {});
    struct stat status{};
    if (!path.empty() && ::lstat(path.c_str(), &status) == 0 && status.st_dev == socket_device_ &&
        status.st_ino == socket_inode_) {
        ::unlink(path.c_str());
    }
}

Accepted Listener::accept() const {
    sockaddr_storage storage;
    socklen_t length = sizeof storage;
    const int number =
        ::accept4(fd_.get(), reinterpret_cast<sockaddr*>(&storage), &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (number >= 0) return {Accepted::accepted, base::Fd(number), PeerAddress::from_socket(storage), 0};
    switch (errno) {
        case EAGAIN: return {};
        case EMFILE:
        case ENFILE:
        case ENOBUFS:
        case ENOMEM: return {Accepted::out_of_descriptors, {}, {}, errno};
        default: return {Accepted::failed, {}, {}, errno};
    }
}

}  // namespace net
