// The server's side of TLS for tests: two certificates, and a handshake with a client in memory.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "support/catch.h"
#include "support/fake_clock.h"
#include "tls/acceptor.h"
#include "tls/tls_peer.h"

inline tls::Certificate certificate_for(const std::string& name, std::int64_t now) {
    const std::vector<std::string> names{name};
    return std::move(*tls::Certificate::make_self_signed(names, now));
}

struct TlsServer {
    explicit TlsServer(tls::Protocols protocols = tls::Protocols::http1) {
        std::vector<tls::Certificate> certificates;
        certificates.push_back(certificate_for("a.example", clock.unix_seconds()));
        certificates.push_back(certificate_for("*.b.example", clock.unix_seconds()));
        acceptor = std::move(*tls::Acceptor::make(certificates, nullptr, protocols, clock));
    }
    std::unique_ptr<net::Stream> accept(Wire& wire) { return acceptor->wrap(std::make_unique<WireStream>(wire)); }

    FakeClock clock;
    std::unique_ptr<tls::Acceptor> acceptor;
};

inline net::IoStatus status_of(net::Stream& stream) {
    std::array<std::byte, 64> room{};
    return stream.receive(room).status;
}

inline void shake_hands(TlsClient& client, net::Stream& stream) {
    for (int round = 0; round < 20'000; ++round) {
        const bool done = client.shake_hands();
        status_of(stream);
        if (done && stream.wants() == net::Interest::none) return;
    }
    FAIL("the handshake did not end");
}
