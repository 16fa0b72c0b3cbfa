// TLS streams against a client in memory, under every way of splitting what passes between them.
#include "tls/stream.h"

#include <array>
#include <string>
#include <vector>

#include "tls/tls_server.h"

namespace {

/// Everything that the stream has decoded; nullopt at its end or a failure.
std::string receive_all(net::Stream& stream) {
    std::string text;
    std::array<std::byte, 4096> room{};
    for (;;) {
        const net::IoResult result = stream.receive(room);
        if (result.status != net::IoStatus::progress) return text;
        text.append(reinterpret_cast<const char*>(room.data()), result.bytes);
    }
}

/// Sends all of `text` in the calls that it takes, the unsent rest given again each time; the number of calls.
std::size_t send_all(net::Stream& stream, std::string_view text, Wire& wire, std::size_t room_each_call) {
    std::size_t calls = 0;
    while (!text.empty() && ++calls < 100'000) {
        wire.send_room = room_each_call;
        const std::array<iovec, 1> piece{iovec{const_cast<char*>(text.data()), text.size()}};
        const net::IoResult result = stream.send(piece, false);
        REQUIRE(result.status != net::IoStatus::failed);
        REQUIRE(result.bytes <= text.size());
        text.remove_prefix(result.bytes);
    }
    return calls;
}

}  // namespace

TEST_CASE("tls stream: a handshake and bytes both ways, however they are split", "[tls]") {
    const std::size_t most = GENERATE(std::size_t{1}, std::size_t{7}, std::size_t{100'000});
    const int version = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
    TlsServer server;
    Wire wire{.most_received = most, .most_sent = most};
    TlsClient client(wire, {}, {}, version);
    const auto stream = server.accept(wire);
    CHECK_FALSE(stream->can_send_files());
    shake_hands(client, *stream);
    client.write("GET / HTTP/1.1\r\n\r\n");
    CHECK(receive_all(*stream) == "GET / HTTP/1.1\r\n\r\n");
    send_all(*stream, "HTTP/1.1 200 OK\r\n\r\n", wire, 100'000);
    CHECK(client.read() == "HTTP/1.1 200 OK\r\n\r\n");
    CHECK(server.acceptor->counters().done == 1);
}

TEST_CASE("tls stream: bytes that did not leave are given again, and arrive once", "[tls]") {
    TlsServer server;
    Wire wire;
    TlsClient client(wire);
    const auto stream = server.accept(wire);
    shake_hands(client, *stream);
    std::string text;
    for (int i = 0; text.size() < 300'000; ++i) text += std::to_string(i) + " ";
    const std::size_t room = GENERATE(std::size_t{500}, std::size_t{1'500}, std::size_t{70'000});
    CHECK(send_all(*stream, text, wire, room) > 1);
    wire.send_room = 1'000'000;
    CHECK(client.read() == text);
}

TEST_CASE("tls stream: what was coded and waits asks for a writable socket", "[tls]") {
    TlsServer server;
    Wire wire;
    TlsClient client(wire);
    const auto stream = server.accept(wire);
    shake_hands(client, *stream);
    wire.send_room = 10;
    const std::string text = "an answer";
    const std::array<iovec, 1> piece{iovec{const_cast<char*>(text.data()), text.size()}};
    CHECK(stream->send(piece, false).status == net::IoStatus::would_block);
    CHECK(stream->wants() == net::Interest::write);
    wire.send_room = 1'000;
    CHECK(stream->send(piece, false).bytes == text.size());
    CHECK(stream->wants() == net::Interest::none);
    CHECK(client.read() == text);
}

TEST_CASE("tls stream: the first records of an answer fit a packet, later ones are large", "[tls]") {
    TlsServer server;
    Wire wire;
    TlsClient client(wire);
    const auto stream = server.accept(wire);
    shake_hands(client, *stream);
    client.read();
    const std::string text(200'000, 'x');
    std::string answer;
    std::string_view left = text;
    while (!left.empty()) {
        const std::array<iovec, 1> piece{iovec{const_cast<char*>(left.data()), left.size()}};
        left.remove_prefix(stream->send(piece, false).bytes);
        answer += std::exchange(wire.to_client, {});
    }
    std::vector<std::size_t> records;
    for (std::size_t at = 0; at + 5 <= answer.size();) {
        const auto high = static_cast<unsigned char>(answer[at + 3]);
        const auto low = static_cast<unsigned char>(answer[at + 4]);
        records.push_back(static_cast<std::size_t>(high) * 256 + low);
        at += 5 + records.back();
    }
    REQUIRE(records.size() > 10);
    CHECK(records.front() < 1'400);
    CHECK(*std::ranges::max_element(records) > 16'000);
}

TEST_CASE("tls stream: bytes that were decoded and not taken are announced", "[tls]") {
    TlsServer server;
    Wire wire;
    TlsClient client(wire);
    const auto stream = server.accept(wire);
    shake_hands(client, *stream);
    client.write("0123456789");
    std::array<std::byte, 4> room{};
    CHECK(stream->receive(room).bytes == 4);
    CHECK(stream->has_buffered());
    CHECK(stream->receive(room).bytes == 4);
    CHECK(stream->receive(room).bytes == 2);
    CHECK(stream->receive(room).status == net::IoStatus::would_block);
    CHECK_FALSE(stream->has_buffered());
}

TEST_CASE("tls stream: both sides say close_notify", "[tls]") {
    TlsServer server;
    Wire wire;
    TlsClient client(wire);
    auto stream = server.accept(wire);
    shake_hands(client, *stream);
    SECTION("the client's is the end of its bytes") {
        client.close();
        CHECK(status_of(*stream) == net::IoStatus::closed);
        send_all(*stream, "still an answer", wire, 1'000);
        CHECK(client.read() == "still an answer");
    }
    SECTION("shutting down says it") {
        stream->shut_down_write();
        client.read();
        CHECK(client.saw_close());
        CHECK(wire.write_shut);
    }
    SECTION("closing says it") {
        stream.reset();
        client.read();
        CHECK(client.saw_close());
    }
    SECTION("an aborted stream does not, so that a cut answer is seen as such") {
        stream->abort();
        stream.reset();
        client.read();
        CHECK_FALSE(client.saw_close());
        CHECK(wire.aborted);
    }
    SECTION("a client that leaves without a word has ended") {
        wire.client_gone = true;
        CHECK(status_of(*stream) == net::IoStatus::closed);
    }
}

TEST_CASE("tls stream: plain HTTP gets an answer that it understands", "[tls]") {
    TlsServer server;
    Wire wire{.to_server = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"};
    const auto stream = server.accept(wire);
    CHECK(status_of(*stream) == net::IoStatus::failed);
    CHECK(wire.to_client.starts_with("HTTP/1.1 400 "));
    const std::size_t body = wire.to_client.find("\r\n\r\n") + 4;
    CHECK(wire.to_client.find("Content-Length: " + std::to_string(wire.to_client.size() - body) + "\r\n") !=
          std::string::npos);
    CHECK(server.acceptor->counters().plain_http == 1);
}

TEST_CASE("tls stream: the answer to plain HTTP has a Date, as soon as somebody can write one", "[tls]") {
    for (const std::string_view request : {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n"}) {
        TlsServer server;
        server.acceptor->write_dates_by([](std::int64_t seconds) { return "at " + std::to_string(seconds); });
        Wire wire{.to_server = std::string(request)};
        const auto stream = server.accept(wire);
        CHECK(status_of(*stream) == net::IoStatus::failed);
        const std::string date = "\r\nDate: at " + std::to_string(server.clock.unix_seconds()) + "\r\n";
        CHECK(wire.to_client.find(date) < wire.to_client.find("\r\n\r\n"));
    }
}

TEST_CASE("tls stream: plain HTTP that asks with HEAD gets no content", "[tls]") {
    TlsServer server;
    Wire wire{.to_server = "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n"};
    const auto stream = server.accept(wire);
    CHECK(status_of(*stream) == net::IoStatus::failed);
    CHECK(wire.to_client.starts_with("HTTP/1.1 400 "));
    CHECK(wire.to_client.ends_with("\r\n\r\n"));
    CHECK(wire.to_client.find("Content-Length: 52\r\n") != std::string::npos);
}

TEST_CASE("tls stream: noise is refused and counted, and does no harm", "[tls]") {
    TlsServer server;
    Wire wire{.to_server = std::string("\x16\x03\x01\xff\xff garbage that is no hello", 31)};
    const auto stream = server.accept(wire);
    CHECK(status_of(*stream) == net::IoStatus::failed);
    CHECK(server.acceptor->counters().malformed == 1);
    CHECK(status_of(*stream) == net::IoStatus::failed);
    CHECK(stream->wants() == net::Interest::none);
}

TEST_CASE("tls stream: a handshake that the client leaves is counted once", "[tls]") {
    TlsServer server;
    Wire wire;
    TlsClient client(wire);
    client.shake_hands();
    auto stream = server.accept(wire);
    SECTION("without a word") { stream.reset(); }
    SECTION("by closing in the middle of its hello") {
        wire.to_server.resize(wire.to_server.size() / 2);
        wire.client_gone = true;
        CHECK(status_of(*stream) == net::IoStatus::closed);
        stream.reset();
    }
    CHECK(server.acceptor->counters().given_up == 1);
    CHECK(server.acceptor->counters().malformed == 0);
}

TEST_CASE("tls stream: a client that does not trust the certificate is counted as such", "[tls]") {
    TlsServer server;
    Wire wire;
    TlsClient client(wire);
    SSL_set_verify(client.ssl(), SSL_VERIFY_PEER, nullptr);
    const auto stream = server.accept(wire);
    client.shake_hands();
    CHECK(status_of(*stream) == net::IoStatus::would_block);
    CHECK_FALSE(client.shake_hands());
    CHECK(status_of(*stream) == net::IoStatus::failed);
    CHECK(server.acceptor->counters().refused_by_peer == 1);
}

TEST_CASE("tls stream: an answer that comes before anything is read waits for the handshake", "[tls]") {
    TlsServer server;
    Wire wire;
    TlsClient client(wire);
    const auto stream = server.accept(wire);
    CHECK(stream->is_encrypted());
    const std::string text = "full";
    const std::array<iovec, 1> piece{iovec{const_cast<char*>(text.data()), text.size()}};
    std::size_t sent = 0;
    for (int round = 0; round < 5 && sent == 0; ++round) {
        client.shake_hands();
        sent = stream->send(piece, false).bytes;
    }
    CHECK(sent == text.size());
    CHECK(client.read() == text);
}

TEST_CASE("tls stream: a client of the past is refused", "[tls]") {
    TlsServer server;
    Wire wire;
    TlsClient client(wire, {}, {}, TLS1_1_VERSION);
    SSL_set_min_proto_version(client.ssl(), TLS1_VERSION);
    SSL_set_cipher_list(client.ssl(), "ALL:@SECLEVEL=0");
    const auto stream = server.accept(wire);
    CHECK_FALSE(client.shake_hands());
    CHECK(status_of(*stream) == net::IoStatus::failed);
    CHECK(server.acceptor->counters().no_common_way == 1);
}
