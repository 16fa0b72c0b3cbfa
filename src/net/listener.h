// A listening socket: opened by app before privileges are dropped, accepted from by the reactor.
// The only user of accept4().
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <utility>

#include "base/fd.h"
#include "net/address.h"
#include "net/stream.h"

namespace net {

/// One attempt to accept.
struct Accepted {
    enum class Outcome : std::uint8_t {
        accepted,            ///< `fd` and `peer` are set; non-blocking, close-on-exec, no delay
        none,                ///< no connection waits any more
        out_of_descriptors,  ///< the process or the system has none left: stop accepting until one is closed
        failed,              ///< this one connection failed, `error` is the errno; the next may succeed
    };
    using enum Outcome;

    Outcome outcome = none;
    base::Fd fd;
    PeerAddress peer;
    int error = 0;
};

/// Who may connect to a unix socket: connecting needs the right to write.
struct SocketRights {
    static constexpr std::uint32_t kUnchanged = UINT32_MAX;
    mode_t mode = 0660;
    uid_t owner = kUnchanged;
    gid_t group = kUnchanged;
};

class Listener {
public:
    /// Binds and listens. For a unix address a socket file that nobody serves is replaced. The error is one sentence
    /// without a full stop, such as "port 4221 on 127.0.0.1 is already in use".
    static std::expected<Listener, std::string> open(const Address& address, int backlog,
                                                     const SocketRights& rights = {});

    /// A socket that the process which started this one has opened. It still belongs to that process. Closing removes
    /// no socket file, and connections that wait in the backlog are left to the next process that listens. The error
    /// ends a sentence that begins with the socket, such as "is no socket that listens for connections".
    static std::expected<Listener, std::string> adopt(base::Fd fd, Scheme scheme);
    /// The same of a socket that an earlier process of this server opened and leaves to this one: its socket file is
    /// removed at the end, as if open() had made it.
    static std::expected<Listener, std::string> take_over(base::Fd fd, Scheme scheme);

    Listener(Listener&& other) noexcept;
    Listener& operator=(Listener&& other) noexcept;
    /// Closes, and removes the socket file if it is still the one that open() made.
    ~Listener();

    [[nodiscard]] int descriptor() const { return fd_.get(); }
    /// With the port that the kernel chose when 0 was asked for.
    [[nodiscard]] const Address& address() const { return address_; }

    /// From now on make_stream() gives what `wrapper` makes. It outlives the listener and the streams.
    void wrap_with(StreamWrapper& wrapper) { wrapper_ = &wrapper; }
    /// The stream of a connection that accept() gave.
    [[nodiscard]] std::unique_ptr<Stream> make_stream(base::Fd fd) const;
    /// What make_stream() makes, over a stream that has begun already.
    [[nodiscard]] std::unique_ptr<Stream> wrap(std::unique_ptr<Stream> plain) const;

    /// Takes one waiting connection; never blocks.
    [[nodiscard]] Accepted accept() const;

    /// Stops listening at once: later connections are refused by the kernel, descriptor() is -1.
    void close();
    /// Closes this process's descriptor. Another process that has the socket goes on with it: connections that wait are
    /// its own, and the socket file stays.
    void leave();

private:
    Listener(base::Fd fd, Address address) : fd_(std::move(fd)), address_(std::move(address)) {}
    [[nodiscard]] bool remember_socket_file();

    base::Fd fd_;
    Address address_;
    StreamWrapper* wrapper_ = nullptr;  ///< null: plain sockets
    // Identifies the socket file of this process. The path is absolute, so that a change of the working directory does
    // not matter.
    std::string socket_path_;
    dev_t socket_device_ = 0;
    ino_t socket_inode_ = 0;
};

}  // namespace net
