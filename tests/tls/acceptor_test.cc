// What the streams of one listener share: certificates by name, protocols, tickets, the share of a turn, counters.
#include "tls/acceptor.h"

#include <string>
#include <utility>
#include <vector>

#include "tls/tls_server.h"

namespace {

std::string certificate_name(const TlsClient& client) {
    const tls::X509Ptr shown(SSL_get1_peer_certificate(client.ssl()));
    char name[64] = {};
    X509_NAME_get_text_by_NID(X509_get_subject_name(shown.get()), NID_commonName, name, sizeof name);
    return name;
}

}  // namespace

TEST_CASE("tls acceptor: the certificate follows the name that the client asks for", "[tls]") {
    TlsServer server;
    const auto shown_to = [&](const std::string& host) {
        Wire wire;
        TlsClient client(wire, host);
        const auto stream = server.accept(wire);
        shake_hands(client, *stream);
        return certificate_name(client);
    };
    CHECK(shown_to("") == "a.example");
    CHECK(shown_to("a.example") == "a.example");
    CHECK(shown_to("X.B.example") == "*.b.example");
    CHECK(shown_to("x.y.b.example") == "a.example");
    CHECK(shown_to("unknown.example") == "a.example");
}

TEST_CASE("tls acceptor: the protocol inside is agreed on", "[tls]") {
    const auto agreed = [](tls::Protocols protocols, std::string_view offer) {
        TlsServer server(protocols);
        Wire wire;
        TlsClient client(wire, {}, offer);
        const auto stream = server.accept(wire);
        shake_hands(client, *stream);
        const unsigned char* name = nullptr;
        unsigned length = 0;
        SSL_get0_alpn_selected(client.ssl(), &name, &length);
        return std::string(reinterpret_cast<const char*>(name), length);
    };
    constexpr std::string_view kBoth = "\x08http/1.1\x02h2";
    CHECK(agreed(tls::Protocols::http2_and_http1, kBoth) == "h2");
    CHECK(agreed(tls::Protocols::http1, kBoth) == "http/1.1");
    CHECK(agreed(tls::Protocols::http1, "").empty());
}

TEST_CASE("tls acceptor: a ticket resumes, and an old one is replaced or forgotten", "[tls]") {
    TlsServer server;
    const auto connect = [&](SSL_SESSION* session) {
        Wire wire;
        TlsClient client(wire);
        if (session != nullptr) SSL_set_session(client.ssl(), session);
        const auto stream = server.accept(wire);
        shake_hands(client, *stream);
        client.read();
        // OpenSSL takes the ticket of a connection that was not closed in order for a bad one.
        client.close();
        const bool resumed = SSL_session_reused(client.ssl()) == 1;
        return std::pair(resumed, SSL_get1_session(client.ssl()));
    };
    const auto [first_resumed, ticket] = connect(nullptr);
    CHECK_FALSE(first_resumed);
    const auto resumes = [&] {
        const auto [resumed, next] = connect(ticket);
        SSL_SESSION_free(next);
        return resumed;
    };
    CHECK(resumes());
    server.clock.advance_ms(tls::kTicketKeyMs + 1);
    CHECK(resumes());
    server.clock.advance_ms(2 * tls::kTicketKeyMs);
    CHECK_FALSE(resumes());
    CHECK(server.acceptor->counters().resumed == 2);
    SSL_SESSION_free(ticket);
}

TEST_CASE("tls acceptor: handshakes beyond their share of a turn wait for the next one", "[tls]") {
    TlsServer server;
    Wire wire;
    TlsClient client(wire);
    const auto stream = server.accept(wire);
    client.shake_hands();
    REQUIRE(server.acceptor->share().begin());
    server.clock.advance_us(tls::kHandshakeShareUs);
    server.acceptor->share().end();
    CHECK(status_of(*stream) == net::IoStatus::would_block);
    CHECK(stream->has_buffered());
    CHECK(wire.to_client.empty());
    server.clock.advance_ms(1);
    CHECK(status_of(*stream) == net::IoStatus::would_block);
    CHECK_FALSE(wire.to_client.empty());
}
