// The stream over real sockets: every outcome that a peer can cause.
#include "net/socket.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <poll.h>
#include <array>
#include <cerrno>
#include <string>
#include <vector>

#include "net/listener.h"
#include "support/catch.h"

using net::IoResult;
using net::IoStatus;
using net::SocketStream;

namespace {

struct Connected {
    net::SocketStream stream;
    int descriptor;  ///< of the stream
    base::Fd peer;   ///< blocking
};

// A TCP connection over the loopback.
Connected connect() {
    const auto listener = net::Listener::open(net::Address::parse("127.0.0.1", 0).value(), 4);
    REQUIRE(listener);
    sockaddr_storage storage;
    const socklen_t length = listener->address().fill(storage);
    base::Fd peer(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    REQUIRE(::connect(peer.get(), reinterpret_cast<const sockaddr*>(&storage), length) == 0);
    pollfd waiting{listener->descriptor(), POLLIN, 0};
    REQUIRE(::poll(&waiting, 1, 5000) == 1);
    net::Accepted accepted = listener->accept();
    REQUIRE(accepted.outcome == net::Accepted::accepted);
    const int descriptor = accepted.fd.get();
    return {SocketStream(std::move(accepted.fd)), descriptor, std::move(peer)};
}

void wait_readable(int fd) {
    pollfd waiting{fd, POLLIN, 0};
    REQUIRE(::poll(&waiting, 1, 5000) == 1);
}

std::string read_exactly(const base::Fd& fd, std::size_t count) {
    std::string text(count, '\0');
    REQUIRE(::recv(fd.get(), text.data(), count, MSG_WAITALL) == static_cast<ssize_t>(count));
    return text;
}

iovec piece(std::string& text) { return {text.data(), text.size()}; }

base::Fd file_with(std::string_view text) {
    base::Fd fd(::memfd_create("socket_test", MFD_CLOEXEC));
    REQUIRE(::write(fd.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    return fd;
}

}  // namespace

TEST_CASE("socket: what is looked at stays to be received", "[net][socket]") {
    Connected pair = connect();
    std::array<std::byte, 16> room{};
    CHECK(pair.stream.peek(room).status == IoStatus::would_block);
    REQUIRE(::send(pair.peer.get(), "hello", 5, 0) == 5);
    wait_readable(pair.descriptor);
    CHECK(pair.stream.peek(room).bytes == 5);
    CHECK(pair.stream.peek(room).bytes == 5);
    CHECK(pair.stream.receive(std::span(room).first(2)).bytes == 2);
    CHECK(pair.stream.peek(room).bytes == 3);
    CHECK(room[0] == std::byte{'l'});
}

TEST_CASE("socket: receives bytes, then nothing, then the end", "[net][socket]") {
    Connected pair = connect();
    std::array<std::byte, 16> room{};
    CHECK(pair.stream.receive(room).status == IoStatus::would_block);
    REQUIRE(::send(pair.peer.get(), "hello", 5, 0) == 5);
    wait_readable(pair.descriptor);
    const IoResult got = pair.stream.receive(room);
    CHECK(got.status == IoStatus::progress);
    CHECK(got.bytes == 5);
    CHECK(pair.stream.receive(room).status == IoStatus::would_block);
    REQUIRE(::shutdown(pair.peer.get(), SHUT_WR) == 0);
    wait_readable(pair.descriptor);
    CHECK(pair.stream.receive(room).status == IoStatus::closed);
    // A half-close is not the end of the answer.
    std::string text = "still";
    const iovec one = piece(text);
    CHECK(pair.stream.send({&one, 1}, false).bytes == 5);
    CHECK(read_exactly(pair.peer, 5) == "still");
}

TEST_CASE("socket: sends pieces gathered, and files from an offset", "[net][socket]") {
    Connected pair = connect();
    std::string head = "head:";
    std::string body = "body;";
    const std::array<iovec, 2> pieces{piece(head), piece(body)};
    const base::Fd file = file_with("0123456789");
    CHECK(pair.stream.send(pieces, true).bytes == 10);
    CHECK(pair.stream.send_file(file.get(), 3, 4).bytes == 4);
    CHECK(read_exactly(pair.peer, 14) == "head:body;3456");
    // The file's own position is not touched, so that connections can share the descriptor.
    CHECK(::lseek(file.get(), 0, SEEK_CUR) == 10);
}

TEST_CASE("socket: more holds a short segment back until the rest comes", "[net][socket]") {
    Connected pair = connect();
    std::string head = "head";
    const iovec one = piece(head);
    const base::Fd file = file_with("tail");
    REQUIRE(pair.stream.send({&one, 1}, true).bytes == 4);
    char byte = 0;
    CHECK(::recv(pair.peer.get(), &byte, 1, MSG_DONTWAIT | MSG_PEEK) == -1);
    REQUIRE(pair.stream.send_file(file.get(), 0, 4).bytes == 4);
    CHECK(read_exactly(pair.peer, 8) == "headtail");
}

TEST_CASE("socket: a file that ended is a failure without an errno", "[net][socket]") {
    Connected pair = connect();
    const base::Fd file = file_with("0123456789");
    CHECK(pair.stream.send_file(file.get(), 8, 100).bytes == 2);
    const IoResult beyond = pair.stream.send_file(file.get(), 10, 100);
    CHECK(beyond.status == IoStatus::failed);
    CHECK(beyond.error == 0);
}

TEST_CASE("socket: a peer that does not read blocks nothing", "[net][socket]") {
    Connected pair = connect();
    std::string much(1 << 20, 'x');
    const iovec one = piece(much);
    IoResult result{IoStatus::progress};
    for (int i = 0; i < 1000 && result.status == IoStatus::progress; ++i) result = pair.stream.send({&one, 1}, false);
    CHECK(result.status == IoStatus::would_block);
    const base::Fd file = file_with("0123456789");
    CHECK(pair.stream.send_file(file.get(), 0, 10).status == IoStatus::would_block);
}

TEST_CASE("socket: a peer that is gone is closed, without a signal", "[net][socket]") {
    Connected pair = connect();
    pair.peer.reset();
    wait_readable(pair.descriptor);
    std::string text = "text";
    const iovec one = piece(text);
    // The first send meets the closed socket and provokes the reset; on the loopback it is there at once.
    (void)pair.stream.send({&one, 1}, false);
    wait_readable(pair.descriptor);
    CHECK(pair.stream.send({&one, 1}, false).status == IoStatus::closed);
    CHECK(pair.stream.send({&one, 1}, false).status == IoStatus::closed);
}

TEST_CASE("socket: a reset is a failed receive", "[net][socket]") {
    Connected pair = connect();
    SocketStream peer(std::move(pair.peer));
    peer.abort();
    {
        const SocketStream closing = std::move(peer);
    }
    wait_readable(pair.descriptor);
    std::array<std::byte, 16> room{};
    const IoResult result = pair.stream.receive(room);
    CHECK(result.status == IoStatus::failed);
    CHECK(result.error == ECONNRESET);
}

TEST_CASE("socket: shutting the write side shows the peer the end after the last byte", "[net][socket]") {
    Connected pair = connect();
    std::string text = "last";
    const iovec one = piece(text);
    REQUIRE(pair.stream.send({&one, 1}, false).bytes == 4);
    pair.stream.shut_down_write();
    CHECK(read_exactly(pair.peer, 4) == "last");
    char byte = 0;
    CHECK(::recv(pair.peer.get(), &byte, 1, 0) == 0);
    // The other direction still works.
    REQUIRE(::send(pair.peer.get(), "x", 1, 0) == 1);
    wait_readable(pair.descriptor);
    std::array<std::byte, 16> room{};
    CHECK(pair.stream.receive(room).bytes == 1);
}

TEST_CASE("socket: after abort the peer sees an error instead of an end", "[net][socket]") {
    Connected pair = connect();
    pair.stream.abort();
    {
        const SocketStream closing = std::move(pair.stream);
    }
    char byte = 0;
    CHECK(::recv(pair.peer.get(), &byte, 1, 0) == -1);
    CHECK(errno == ECONNRESET);
}
