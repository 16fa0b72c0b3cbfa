// OpenSSL contexts, one for each certificate, all with the same rules.
#include "tls/acceptor.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <algorithm>
#include <cstring>
#include <span>
#include <string_view>
#include <utility>

#include "base/ascii.h"
#include "tls/stream.h"

namespace tls {
namespace {

/// Ephemeral keys and authenticated encryption only (TLS 1.3 has nothing else).
constexpr const char* kCiphers12 = "ECDHE+AESGCM:ECDHE+CHACHA20";
constexpr const char* kGroups = "X25519:P-256:P-384";
/// Names both protocols to a client that knows both; each name has its length in front (RFC 7301 §3.1).
constexpr std::string_view kHttp2AndHttp1 = "\x02h2\x08http/1.1";
constexpr std::string_view kHttp1 = "\x08http/1.1";
/// Tickets of one certificate may resume a connection with another one, because all have the same rules. Where clients
/// are asked for a certificate, only under the authority that vouched for it: its digest is the name.
constexpr std::string_view kSessionName = "godwit";

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

/// Buffers are released: otherwise each idle connection would hold 34 KiB.
bool set_rules(SSL_CTX* context, const ClientAuthority* clients) {
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                     SSL_OP_PRIORITIZE_CHACHA);
    SSL_CTX_set_mode(context,
                     SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(context, 1);
    if (clients != nullptr && !clients->ask_in(context)) return false;
    const unsigned char* const name = clients != nullptr ? clients->digest().data() : bytes_of(kSessionName);
    const std::size_t name_bytes = clients != nullptr ? clients->digest().size() : kSessionName.size();
    return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
           SSL_CTX_set_cipher_list(context, kCiphers12) == 1 && SSL_CTX_set1_groups_list(context, kGroups) == 1 &&
           SSL_CTX_set_session_id_context(context, name, static_cast<unsigned>(name_bytes)) == 1;
}

}  // namespace

std::string_view library() {
    const std::string_view text = OpenSSL_version(OPENSSL_VERSION);
    return text.substr(0, text.find(' ', text.find(' ') + 1));
}

std::expected<std::unique_ptr<Acceptor>, std::string> Acceptor::make(const std::vector<Certificate>& certificates,
                                                                     std::shared_ptr<const ClientAuthority> clients,
                                                                     Protocols protocols, const base::Clock& clock) {
    std::unique_ptr<Acceptor> acceptor(new Acceptor(protocols, clock));
    if (const auto replaced = acceptor->replace(certificates, std::move(clients)); !replaced) {
        return std::unexpected(replaced.error());
    }
    return acceptor;
}

std::expected<void, std::string> Acceptor::replace(const std::vector<Certificate>& certificates,
                                                   std::shared_ptr<const ClientAuthority> clients) {
    auto prepared = prepare(certificates, clients.get());
    if (!prepared) return std::unexpected(prepared.error());
    // Connections hold a reference to their context.
    shown_ = std::move(*prepared);
    clients_ = std::move(clients);
    return {};
}

std::expected<std::vector<Acceptor::Shown>, std::string> Acceptor::prepare(const std::vector<Certificate>& certificates,
                                                                           const ClientAuthority* clients) {
    if (certificates.empty()) return std::unexpected("TLS needs a certificate");
    std::vector<Shown> prepared;
    for (const Certificate& certificate : certificates) {
        SslContextPtr context(SSL_CTX_new(TLS_server_method()));
        if (context == nullptr || !set_rules(context.get(), clients) || !certificate.use_in(context.get())) {
            ERR_clear_error();
            return std::unexpected("OpenSSL does not take the certificate with the serial number " +
                                   certificate.serial());
        }
        set_calls(context.get());
        prepared.push_back({std::move(context), certificate.names()});
    }
    return prepared;
}

void Acceptor::set_calls(SSL_CTX* context) {
    SSL_CTX_set_app_data(context, this);
    // The macro for this call casts in C's way.
    SSL_CTX_callback_ctrl(context, SSL_CTRL_SET_TLSEXT_SERVERNAME_CB, reinterpret_cast<void (*)()>(take_server_name));
    SSL_CTX_set_tlsext_servername_arg(context, this);
    SSL_CTX_set_alpn_select_cb(context, take_protocols, this);
    SSL_CTX_set_tlsext_ticket_key_evp_cb(context, take_ticket);
    SSL_CTX_set_session_ticket_cb(context, nullptr, judge_ticket, this);
    SSL_CTX_set_cert_verify_callback(context, check_client, this);
}

std::unique_ptr<net::Stream> Acceptor::wrap(std::unique_ptr<net::Stream> inner) {
    return std::make_unique<Stream>(std::move(inner), SslPtr(SSL_new(shown_.front().context.get())), *this);
}

base::Counters::Registration Acceptor::register_counters(base::Counters& counters) const {
    using enum base::CounterKind;
    using base::counter;
    const HandshakeCounters& mine = counters_;
    using enum ClientFault;
    const auto refused = [&mine](std::string_view name, std::string_view help, ClientFault fault) {
        return counter(name, total, help, mine.client_faults[static_cast<std::size_t>(fault)]);
    };
    return counters.add({
        counter("tls_handshakes", total, "TLS handshakes that were done", mine.done),
        counter("tls_resumed", total, "TLS handshakes that a ticket shortened", mine.resumed),
        counter("tls_failed_plain_http", total, "connections that began with HTTP where TLS is spoken",
                mine.plain_http),
        counter("tls_failed_no_common_way", total, "TLS handshakes without a version or cipher that both sides know",
                mine.no_common_way),
        counter("tls_failed_refused_by_peer", total, "TLS handshakes that the client ended with an alert",
                mine.refused_by_peer),
        counter("tls_failed_malformed", total, "TLS handshakes with other faults", mine.malformed),
        counter("tls_failed_given_up", total, "TLS handshakes that the client left, or was too slow for",
                mine.given_up),
        counter("tls_clients_named", total, "TLS handshakes with a client certificate that names a user", mine.named),
        refused("tls_failed_client_not_now", "client certificates refused: expired, or not valid yet", not_now),
        refused("tls_failed_client_authority", "client certificates refused: of another authority", other_authority),
        refused("tls_failed_client_use", "client certificates refused: not for signing in", other_use),
        refused("tls_failed_client_unnamed", "client certificates refused: no name of a user in them", unnamed),
        refused("tls_failed_client_other", "client certificates refused: other faults", other),
    });
}

SSL_CTX* Acceptor::choose(std::string_view host) const {
    const Shown* best = &shown_.front();
    NameMatch match = NameMatch::none;
    for (const Shown& shown : shown_) {
        for (const std::string& name : shown.names) {
            const NameMatch found = match_name(name, host);
            if (found <= match) continue;
            match = found;
            best = &shown;
        }
    }
    return best->context.get();
}

int Acceptor::take_server_name(SSL* ssl, int* /*alert*/, void* acceptor) {
    const char* const asked = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    if (asked == nullptr) return SSL_TLSEXT_ERR_NOACK;
    std::string host(asked);
    std::ranges::transform(host, host.begin(), base::to_lower);
    SSL_set_SSL_CTX(ssl, static_cast<const Acceptor*>(acceptor)->choose(host));
    return SSL_TLSEXT_ERR_OK;
}

int Acceptor::take_protocols(SSL* /*ssl*/, const unsigned char** chosen, unsigned char* chosen_bytes,
                             const unsigned char* offered, unsigned offered_bytes, void* acceptor) {
    const bool with_http2 = static_cast<const Acceptor*>(acceptor)->protocols_ == Protocols::http2_and_http1;
    const std::string_view known = with_http2 ? kHttp2AndHttp1 : kHttp1;
    unsigned char* picked = nullptr;
    const int result = SSL_select_next_proto(&picked, chosen_bytes, bytes_of(known),
                                             static_cast<unsigned>(known.size()), offered, offered_bytes);
    *chosen = picked;
    // A client that offers other protocols only is not served one that it did not ask for (RFC 7301 §3.2).
    return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

/// OpenSSL asks for the key of a ticket: 1 has one, 2 has one and wants the ticket replaced, 0 knows none, -1 failed.
int Acceptor::take_ticket(SSL* ssl, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac,
                          int is_sealing) {
    auto* const acceptor = static_cast<Acceptor*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
    TicketKeys& keys = acceptor->tickets_;
    const TicketKey* key = nullptr;
    if (is_sealing != 0) {
        key = &keys.sealing();
        std::ranges::copy(key->name, name);
        if (RAND_bytes(iv, EVP_CIPHER_get_iv_length(EVP_aes_256_cbc())) != 1) return -1;
    } else {
        key = keys.find(std::span<const unsigned char, 16>(name, 16));
        if (key == nullptr) return 0;
    }
    std::array<unsigned char, 32> mac_key = key->mac;
    std::string digest = "SHA256";
    const std::array<OSSL_PARAM, 3> parameters{
        OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, mac_key.data(), mac_key.size()),
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0), OSSL_PARAM_construct_end()};
    const bool is_ready =
        EVP_CipherInit_ex(cipher, EVP_aes_256_cbc(), nullptr, key->cipher.data(), iv, is_sealing) == 1 &&
        EVP_MAC_CTX_set_params(mac, parameters.data()) == 1;
    OPENSSL_cleanse(mac_key.data(), mac_key.size());
    if (!is_ready) return -1;
    return is_sealing == 0 && keys.is_old(*key) ? 2 : 1;
}

/// A client whose certificate is over makes a full handshake, in which it hears so.
SSL_TICKET_RETURN Acceptor::judge_ticket(SSL* /*ssl*/, SSL_SESSION* session, const unsigned char* /*name*/,
                                         std::size_t /*name_bytes*/, SSL_TICKET_STATUS status, void* acceptor) {
    const bool renews = status == SSL_TICKET_SUCCESS_RENEW;
    if (!renews && status != SSL_TICKET_SUCCESS) return SSL_TICKET_RETURN_IGNORE_RENEW;
    const X509* const certificate = SSL_SESSION_get0_peer(session);
    const std::int64_t now = static_cast<const Acceptor*>(acceptor)->clock_.unix_seconds();
    if (certificate != nullptr && now >= unix_seconds(X509_get0_notAfter(certificate))) {
        return SSL_TICKET_RETURN_IGNORE_RENEW;
    }
    return renews ? SSL_TICKET_RETURN_USE_RENEW : SSL_TICKET_RETURN_USE;
}

/// Called only where clients are asked for a certificate, and one shows it.
int Acceptor::check_client(X509_STORE_CTX* check, void* acceptor) {
    const auto* const self = static_cast<const Acceptor*>(acceptor);
    return self->clients_ == nullptr ? 0 : self->clients_->check(check, self->clock_.unix_seconds());
}

}  // namespace tls
