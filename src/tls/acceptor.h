// What all TLS streams of the process share: certificates, chosen by the name that the client asks for; the protocols
// on offer; keys of tickets; the time that handshakes may take in each turn of the loop. Made by app/, used by streams.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/counters.h"
#include "net/stream.h"
#include "tls/certificate.h"
#include "tls/client_authority.h"
#include "tls/handshake_share.h"
#include "tls/openssl_ptr.h"
#include "tls/ticket_keys.h"

namespace tls {

/// What clients may speak inside (ALPN, RFC 7301), best first.
enum class Protocols : std::uint8_t { http1, http2_and_http1 };

/// Since the start. A handshake that failed counts once, by what ended it.
struct HandshakeCounters {
    std::uint64_t done = 0;
    std::uint64_t resumed = 0;          ///< of these, by a ticket
    std::uint64_t plain_http = 0;       ///< the client sent an HTTP request without TLS
    std::uint64_t no_common_way = 0;    ///< no version, cipher or group that both know
    std::uint64_t refused_by_peer = 0;  ///< the client sent an alert: it does not trust the certificate, mostly
    std::uint64_t malformed = 0;        ///< the client sent something else than RFC 8446 or RFC 5246 allow
    std::uint64_t given_up = 0;         ///< the client left, or took longer than --header-timeout
    std::uint64_t named = 0;            ///< of those that were done, with a client certificate
    /// The client's certificate was refused, by ClientFault.
    std::array<std::uint64_t, kClientFaults> client_faults{};
};

/// "OpenSSL 3.0.2".
[[nodiscard]] std::string_view library();

class Acceptor final : public net::StreamWrapper {
public:
    /// `certificates`: at least one; the first is shown to clients that name no host, or a host without a certificate.
    /// `clients`: who vouches for clients that show a certificate; null: they are not asked for one. `clock` outlives
    /// this. The error is a sentence for the operator.
    static std::expected<std::unique_ptr<Acceptor>, std::string> make(const std::vector<Certificate>& certificates,
                                                                      std::shared_ptr<const ClientAuthority> clients,
                                                                      Protocols protocols, const base::Clock& clock);
    Acceptor(const Acceptor&) = delete;
    Acceptor& operator=(const Acceptor&) = delete;

    /// Uses these from the next handshake on; existing connections keep their certificate, and the names of their
    /// clients as far as `clients` vouches for them. After an error the old ones stay.
    std::expected<void, std::string> replace(const std::vector<Certificate>& certificates,
                                             std::shared_ptr<const ClientAuthority> clients);

    /// The server's side of TLS over `inner`. This acceptor outlives the stream.
    std::unique_ptr<net::Stream> wrap(std::unique_ptr<net::Stream> inner) override;

    [[nodiscard]] HandshakeCounters& counters() { return counters_; }
    /// Shows them; this outlives what is returned.
    [[nodiscard]] base::Counters::Registration register_counters(base::Counters& counters) const;
    [[nodiscard]] HandshakeShare& share() { return share_; }
    /// Null where clients are not asked for a certificate.
    [[nodiscard]] const std::shared_ptr<const ClientAuthority>& clients() const { return clients_; }
    [[nodiscard]] const base::Clock& clock() const { return clock_; }
    /// The text of a field Date, of seconds since 1970: nothing here knows HTTP. Without it the answer to a request
    /// that came without TLS has no Date.
    using DateText = std::string (*)(std::int64_t unix_seconds);
    void write_dates_by(DateText write) { date_text_ = write; }
    /// Of now; empty: nobody said how dates are written.
    [[nodiscard]] std::string date_text() const {
        return date_text_ == nullptr ? std::string() : date_text_(clock_.unix_seconds());
    }

private:
    struct Shown {
        SslContextPtr context;
        std::vector<std::string> names;
    };

    Acceptor(Protocols protocols, const base::Clock& clock)
        : protocols_(protocols), clock_(clock), tickets_(clock), share_(clock) {}

    std::expected<std::vector<Shown>, std::string> prepare(const std::vector<Certificate>& certificates,
                                                           const ClientAuthority* clients);
    void set_calls(SSL_CTX* context);
    [[nodiscard]] SSL_CTX* choose(std::string_view host) const;
    static int take_server_name(SSL* ssl, int* alert, void* acceptor);
    static int take_protocols(SSL* ssl, const unsigned char** chosen, unsigned char* chosen_bytes,
                              const unsigned char* offered, unsigned offered_bytes, void* acceptor);
    static int take_ticket(SSL* ssl, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac,
                           int is_sealing);
    static SSL_TICKET_RETURN judge_ticket(SSL* ssl, SSL_SESSION* session, const unsigned char* name,
                                          std::size_t name_bytes, SSL_TICKET_STATUS status, void* acceptor);
    static int check_client(X509_STORE_CTX* check, void* acceptor);

    Protocols protocols_;
    const base::Clock& clock_;
    DateText date_text_ = nullptr;
    TicketKeys tickets_;
    HandshakeShare share_;
    HandshakeCounters counters_;
    std::vector<Shown> shown_;
    std::shared_ptr<const ClientAuthority> clients_;
};

}  // namespace tls
