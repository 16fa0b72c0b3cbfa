// Binding with sentences that a person can act on, and accepting.
#include "net/listener.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <utility>

#include "net/port_holder.h"
#include "net/socket.h"

namespace net {

namespace {

bool set_option(int fd, int level, int option) {
    const int on = 1;
    return ::setsockopt(fd, level, option, &on, sizeof on) == 0;
}

/// Of the level SOL_SOCKET; -1 where `fd` is no socket.
int option_of(int fd, int name) {
    int value = -1;
    socklen_t length = sizeof value;
    return ::getsockopt(fd, SOL_SOCKET, name, &value, &length) == 0 ? value : -1;
}

std::string where(const Address& address) {
    if (address.family == Family::local) return address.host_text();
    return "port " + std::to_string(address.port()) + " on " + address.host_text();
}

bool is_socket(const std::string& path) {
    struct stat status{};
    return ::lstat(path.c_str(), &status) == 0 && S_ISSOCK(status.st_mode);
}

std::string sentence_for(const Address& address, int error) {
    switch (error) {
        case EADDRINUSE:
            if (address.family == Family::local && !is_socket(address.path)) {
                return "there is a file already that is no socket, " + address.path +
                       ": remove it, or give --bind unix: another path";
            }
            return where(address) + " is already in use" + port_holder_text(address);
        case EACCES:
        case EPERM:
            if (address.family == Family::local) return "no permission to make the socket " + address.host_text();
            return "no permission to listen on " + where(address) +
                   " (ports below 1024 need root or CAP_NET_BIND_SERVICE; --port takes a higher one)";
        case EADDRNOTAVAIL:
            return address.host_text() + " is not an address of this machine" +
                   (address.family == Family::ipv6 ? " (an IPv6 address with a port is [ADDRESS]:PORT; [::] is all)"
                                                   : " (0.0.0.0 is all that it has)");
        case EAFNOSUPPORT: return "this system does not support addresses such as " + address.host_text();
        default: return "cannot listen on " + where(address) + ": " + std::strerror(error);
    }
}

// True when the address has a socket file that no process serves any more: a connection to it is refused. A full
// backlog (EAGAIN) is a living server.
bool is_stale_socket(const Address& address) {
    struct stat status{};
    if (::lstat(address.path.c_str(), &status) != 0 || !S_ISSOCK(status.st_mode)) return false;
    const base::Fd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!probe) return false;
    sockaddr_storage storage;
    const socklen_t length = address.fill(storage);
    return ::connect(probe.get(), reinterpret_cast<const sockaddr*>(&storage), length) != 0 && errno == ECONNREFUSED;
}

/// Gives the socket file the rights it is to have. It is opened first and looked at, since others may be able to put
/// something else in its place.
bool set_rights(const std::string& path, const SocketRights& rights) {
    const base::Fd file(::open(path.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    struct stat status{};
    if (!file || ::fstat(file.get(), &status) != 0 || !S_ISSOCK(status.st_mode)) return false;
    const bool is_given = rights.owner != SocketRights::kUnchanged || rights.group != SocketRights::kUnchanged;
    if (is_given && ::fchownat(file.get(), "", rights.owner, rights.group, AT_EMPTY_PATH) != 0) return false;
    return ::chmod(("/proc/self/fd/" + std::to_string(file.get())).c_str(), rights.mode) == 0;
}

std::string absolute_path(const std::string& path) {
    if (path.starts_with('/')) return path;
    std::array<char, PATH_MAX> directory;
    if (::getcwd(directory.data(), directory.size()) == nullptr) return path;
    return std::string(directory.data()) + '/' + path;
}

int bind_to(int fd, const Address& address) {
    sockaddr_storage storage;
    const socklen_t length = address.fill(storage);
    const auto* name = reinterpret_cast<const sockaddr*>(&storage);
    if (::bind(fd, name, length) == 0) return 0;
    if (errno != EADDRINUSE || address.family != Family::local || !is_stale_socket(address)) return errno;
    if (::unlink(address.path.c_str()) != 0) return errno;
    return ::bind(fd, name, length) == 0 ? 0 : errno;
}

// Accepted sockets inherit TCP_NODELAY, which saves a call for each: answers leave whole, in one send.
bool set_options(int fd, Family family) {
    if (family == Family::local) return true;
    if (family == Family::ipv6 && !set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY)) return false;
    return set_option(fd, SOL_SOCKET, SO_REUSEADDR) && set_option(fd, IPPROTO_TCP, TCP_NODELAY);
}

int socket_family(Family family) {
    switch (family) {
        case Family::ipv4: return AF_INET;
        case Family::ipv6: return AF_INET6;
        case Family::local: return AF_UNIX;
    }
    return AF_UNSPEC;
}

// What an errno of accept4(2) means. Most errors concern only the connection that was about to be accepted.
Accepted::Outcome outcome_of(int error) {
    switch (error) {
        case EAGAIN:
        case EBADF:  // after close()
        case EINVAL: return Accepted::none;
        case EMFILE:
        case ENFILE:
        case ENOBUFS:
        case ENOMEM: return Accepted::out_of_descriptors;
        default: return Accepted::failed;
    }
}

}  // namespace

std::expected<Listener, std::string> Listener::open(const Address& address, int backlog, const SocketRights& rights) {
    base::Fd fd(::socket(socket_family(address.family), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!fd || !set_options(fd.get(), address.family)) return std::unexpected(sentence_for(address, errno));
    // Nobody may connect before the rights are set.
    if (address.family == Family::local) (void)!::fchmod(fd.get(), 0600);
    if (const int error = bind_to(fd.get(), address); error != 0) {
        return std::unexpected(sentence_for(address, error));
    }
    Listener listener(std::move(fd), address);
    if (address.family == Family::local) {
        if (!listener.remember_socket_file()) return std::unexpected(sentence_for(address, errno));
        if (!set_rights(listener.socket_path_, rights)) {
            return std::unexpected("cannot set the owner and mode of " + address.host_text() + ": " +
                                   std::strerror(errno));
        }
    }
    // Two sockets may be bound to one port with SO_REUSEADDR; the second is refused here.
    if (::listen(listener.descriptor(), backlog) != 0) return std::unexpected(sentence_for(address, errno));
    if (address.family != Family::local) {
        sockaddr_storage storage{};
        socklen_t length = sizeof storage;
        if (::getsockname(listener.descriptor(), reinterpret_cast<sockaddr*>(&storage), &length) != 0) {
            return std::unexpected(sentence_for(address, errno));
        }
        listener.address_ = Address::from_socket(storage, length);
        listener.address_.scheme = address.scheme;
    }
    return listener;
}

std::expected<Listener, std::string> Listener::adopt(base::Fd fd, Scheme scheme) {
    sockaddr_storage storage{};
    socklen_t length = sizeof storage;
    const auto* const no_listener = "is no socket that listens for connections";
    if (option_of(fd.get(), SO_TYPE) != SOCK_STREAM || option_of(fd.get(), SO_ACCEPTCONN) != 1 ||
        ::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&storage), &length) != 0) {
        return std::unexpected(no_listener);
    }
    if (storage.ss_family != AF_INET && storage.ss_family != AF_INET6 && storage.ss_family != AF_UNIX) {
        return std::unexpected("listens to something else than IPv4, IPv6 or a unix socket");
    }
    Address address = Address::from_socket(storage, length);
    address.scheme = scheme;
    const int flags = ::fcntl(fd.get(), F_GETFL);
    const bool is_ready = flags >= 0 && ::fcntl(fd.get(), F_SETFL, flags | O_NONBLOCK) == 0 &&
                          ::fcntl(fd.get(), F_SETFD, FD_CLOEXEC) == 0 &&
                          (address.family == Family::local || set_option(fd.get(), IPPROTO_TCP, TCP_NODELAY));
    if (!is_ready) return std::unexpected(std::string("cannot be used: ") + std::strerror(errno));
    return Listener(std::move(fd), std::move(address));
}

std::expected<Listener, std::string> Listener::take_over(base::Fd fd, Scheme scheme) {
    auto listener = adopt(std::move(fd), scheme);
    // Somebody may have removed the file meanwhile. Then there is nothing to remove.
    if (listener && listener->address_.family == Family::local) (void)listener->remember_socket_file();
    return listener;
}

bool Listener::remember_socket_file() {
    struct stat status{};
    std::string path = absolute_path(address_.path);
    if (::lstat(path.c_str(), &status) != 0) return false;
    socket_path_ = std::move(path);
    socket_device_ = status.st_dev;
    socket_inode_ = status.st_ino;
    return true;
}

void Listener::leave() {
    socket_path_.clear();
    fd_.reset();
}

Listener::Listener(Listener&& other) noexcept
    : fd_(std::move(other.fd_)),
      address_(std::move(other.address_)),
      wrapper_(other.wrapper_),
      socket_path_(std::exchange(other.socket_path_, {})),
      socket_device_(other.socket_device_),
      socket_inode_(other.socket_inode_) {}

Listener& Listener::operator=(Listener&& other) noexcept {
    if (this == &other) return *this;
    close();
    fd_ = std::move(other.fd_);
    address_ = std::move(other.address_);
    wrapper_ = other.wrapper_;
    socket_path_ = std::exchange(other.socket_path_, {});
    socket_device_ = other.socket_device_;
    socket_inode_ = other.socket_inode_;
    return *this;
}

Listener::~Listener() { close(); }

void Listener::close() {
    // The file first: as long as it lies there without a listener, clients are refused instead of finding nothing.
    const std::string path = std::exchange(socket_path_, {});
    struct stat status{};
    if (!path.empty() && ::lstat(path.c_str(), &status) == 0 && S_ISSOCK(status.st_mode) &&
        status.st_dev == socket_device_ && status.st_ino == socket_inode_) {
        ::unlink(path.c_str());
    }
    fd_.reset();
}

std::unique_ptr<Stream> Listener::make_stream(base::Fd fd) const {
    return wrap(std::make_unique<SocketStream>(std::move(fd)));
}

std::unique_ptr<Stream> Listener::wrap(std::unique_ptr<Stream> plain) const {
    if (wrapper_ == nullptr) return plain;
    return wrapper_->wrap(std::move(plain));
}

Accepted Listener::accept() const {
    sockaddr_storage storage{};
    for (;;) {
        socklen_t length = sizeof storage;
        const int number =
            ::accept4(fd_.get(), reinterpret_cast<sockaddr*>(&storage), &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (number >= 0) return {Accepted::accepted, base::Fd(number), PeerAddress::from_socket(storage), 0};
        if (errno == EINTR) continue;
        return {outcome_of(errno), base::Fd(), PeerAddress(), errno};
    }
}

}  // namespace net
