// Clients that show a certificate: who they are then, what is refused with which alert, and what tickets keep.
#include <string>
#include <utility>
#include <vector>

#include "support/client_certificates.h"
#include "support/open_pem.h"
#include "tls/stream.h"
#include "tls/tls_server.h"

using support::client_named;
using support::MadeCertificate;
using support::make_authority;
using support::make_certificate;
using tls::ClientAuthority;
using tls::ClientFault;

namespace {

bool is_name(std::string_view text) { return !text.empty() && text.find(' ') == std::string_view::npos; }

/// A server that takes the clients of an authority.
struct Bench {
    Bench() { take_clients_of(mine); }
    void take_clients_of(const MadeCertificate& authority) {
        files.write("ca.pem", "");
        support::append_pem(files.at("ca.pem"), authority);
        auto clients = ClientAuthority::load(support::open_pem(files.at("ca.pem")), is_name);
        REQUIRE(clients.has_value());
        std::vector<tls::Certificate> certificates;
        certificates.push_back(certificate_for("a.example", server.clock.unix_seconds()));
        certificates.push_back(certificate_for("*.b.example", server.clock.unix_seconds()));
        REQUIRE(server.acceptor->replace(certificates, std::make_shared<const ClientAuthority>(std::move(*clients))));
    }
    [[nodiscard]] std::uint64_t refused(ClientFault fault) const {
        return server.acceptor->counters().client_faults[static_cast<std::size_t>(fault)];
    }
    [[nodiscard]] std::int64_t now() const { return server.clock.unix_seconds(); }

    support::TempDir files;
    TlsServer server;
    MadeCertificate mine = make_authority("mine", server.clock.unix_seconds());
};

/// A connection of a client that shows `shown`, or nothing.
struct Visit {
    Visit(Bench& bench, const MadeCertificate* shown, int version = 0, SSL_SESSION* ticket = nullptr,
          const std::string& host = {})
        : client(wire, host, {}, version), stream(bench.server.accept(wire)) {
        if (shown != nullptr) {
            SSL_use_certificate(client.ssl(), shown->certificate.get());
            SSL_use_PrivateKey(client.ssl(), shown->key.get());
        }
        if (ticket != nullptr) SSL_set_session(client.ssl(), ticket);
        SSL_set_app_data(client.ssl(), &alert);
        SSL_set_info_callback(client.ssl(), [](const SSL* ssl, int where, int value) {
            if ((where & SSL_CB_READ_ALERT) != SSL_CB_READ_ALERT) return;
            *static_cast<std::string*>(SSL_get_app_data(ssl)) = SSL_alert_desc_string_long(value);
        });
    }
    /// The server's side until it is done or refuses: its status of receiving then.
    net::IoStatus run() {
        net::IoStatus status = net::IoStatus::would_block;
        for (int round = 0; round < 50 && status == net::IoStatus::would_block; ++round) {
            const bool done = client.shake_hands();
            status = status_of(*stream);
            if (done && stream->wants() == net::Interest::none) break;
        }
        client.read();
        return status;
    }
    [[nodiscard]] std::string name() const { return std::string(stream->peer_name()); }

    Wire wire;
    TlsClient client;
    std::unique_ptr<net::Stream> stream;
    std::string alert;  ///< the last one that the client got, in OpenSSL's words
};

}  // namespace

TEST_CASE("client certificates: who shows one has its name, in both versions and under every host", "[tls]") {
    Bench bench;
    const auto alice = make_certificate(client_named("alice", bench.now()), &bench.mine);
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        for (const std::string host : {"", "x.b.example"}) {
            Visit visit(bench, &alice, version, nullptr, host);
            visit.run();
            CHECK(visit.name() == "alice");
            CHECK(visit.stream->refusal().empty());
        }
        Visit nobody(bench, nullptr, version);
        nobody.run();
        CHECK(nobody.name().empty());
        CHECK(SSL_is_init_finished(nobody.client.ssl()) == 1);
    }
    CHECK(bench.server.acceptor->counters().named == 4);
    CHECK(bench.server.acceptor->counters().done == 6);
}

TEST_CASE("client certificates: what does not count ends the handshake with its alert", "[tls]") {
    Bench bench;
    struct Case {
        support::Wanted wanted;
        ClientFault fault;
        std::string alert;
        bool is_mine = true;
    };
    const auto other = make_authority("other", bench.now());
    support::Wanted expired = client_named("alice", bench.now() - 90'000);
    support::Wanted server = client_named("alice", bench.now());
    server.usage = "serverAuth";
    const std::vector<Case> cases{
        {expired, ClientFault::not_now, "certificate expired"},
        {client_named("alice", bench.now()), ClientFault::other_authority, "unknown CA", false},
        {server, ClientFault::other_use, "unsupported certificate"},
        {client_named("no name", bench.now()), ClientFault::unnamed, "bad certificate"},
    };
    for (const Case& each : cases) {
        for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
            const auto shown = make_certificate(each.wanted, each.is_mine ? &bench.mine : &other);
            Visit visit(bench, &shown, version);
            CHECK(visit.run() == net::IoStatus::failed);
            CHECK(visit.stream->refusal() == tls::fault_text(each.fault));
            CHECK(visit.name().empty());
            CHECK(visit.alert == each.alert);
        }
        CHECK(bench.refused(each.fault) == 2);
    }
    CHECK(bench.server.acceptor->counters().done == 0);
    CHECK(bench.server.acceptor->counters().malformed == 0);
}

TEST_CASE("client certificates: a ticket keeps the name, and ends with the certificate", "[tls]") {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        Bench bench;
        support::Wanted wanted = client_named("alice", bench.now());
        wanted.ends_s = bench.now() + 600;
        const auto alice = make_certificate(wanted, &bench.mine);
        Visit first(bench, &alice, version);
        first.run();
        first.client.close();
        SSL_SESSION* const ticket = SSL_get1_session(first.client.ssl());
        Visit again(bench, nullptr, version, ticket);
        again.run();
        CHECK(SSL_session_reused(again.client.ssl()) == 1);
        CHECK(again.name() == "alice");
        bench.server.clock.advance_ms(601'000);
        CHECK(again.name().empty());
        Visit late(bench, nullptr, version, ticket);
        late.run();
        CHECK(SSL_session_reused(late.client.ssl()) == 0);
        CHECK(late.name().empty());
        SSL_SESSION_free(ticket);
    }
}

TEST_CASE("client certificates: another authority ends tickets, and the names of open connections", "[tls]") {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        Bench bench;
        const auto alice = make_certificate(client_named("alice", bench.now()), &bench.mine);
        Visit open(bench, &alice, version);
        open.run();
        open.client.close();
        SSL_SESSION* const ticket = SSL_get1_session(open.client.ssl());
        CHECK(open.name() == "alice");
        // The same one again, and with new certificates of the server: nothing changes.
        bench.take_clients_of(bench.mine);
        CHECK(open.name() == "alice");
        bench.take_clients_of(make_authority("other", bench.now()));
        CHECK(open.name().empty());
        Visit again(bench, nullptr, version, ticket);
        again.run();
        CHECK(SSL_session_reused(again.client.ssl()) == 0);
        CHECK(again.name().empty());
        SSL_SESSION_free(ticket);
    }
}

TEST_CASE("client certificates: a longer chain than a few certificates is refused", "[tls]") {
    Bench bench;
    support::Wanted wanted = client_named("alice", bench.now());
    for (int i = 0; i < 2'500; ++i) wanted.alternative_names += (i == 0 ? "DNS:host" : ",DNS:host") + std::to_string(i);
    const auto alice = make_certificate(wanted, &bench.mine);
    Visit visit(bench, &alice);
    CHECK(visit.run() == net::IoStatus::failed);
    CHECK(bench.server.acceptor->counters().malformed == 1);
}

TEST_CASE("client certificates: a server that asks for none knows nobody", "[tls]") {
    TlsServer server;
    Wire wire;
    TlsClient client(wire);
    const auto mine = make_authority("mine", server.clock.unix_seconds());
    const auto alice = make_certificate(client_named("alice", server.clock.unix_seconds()), &mine);
    SSL_use_certificate(client.ssl(), alice.certificate.get());
    SSL_use_PrivateKey(client.ssl(), alice.key.get());
    const auto stream = server.accept(wire);
    shake_hands(client, *stream);
    CHECK(stream->peer_name().empty());
}
