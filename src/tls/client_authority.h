// Who vouches for clients: the certificates of --tls-client-ca. A client may show a certificate; one that is shown must
// come from here, be valid now, be for clients, and name somebody. Used by tls/acceptor, loaded by app/.
#pragma once

#include <openssl/x509_vfy.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "tls/openssl_ptr.h"
#include "tls/pem_file.h"

namespace tls {

/// Of the chain that a client sends, in bytes: a few certificates. OpenSSL's own bound is 100 KiB.
inline constexpr long kMostClientChainBytes = 16 * 1024;

/// Why a client's certificate is refused.
enum class ClientFault : std::uint8_t {
    none,
    not_now,          ///< it has expired, or is not valid yet; or that of its authority
    other_authority,  ///< nobody here vouches for it
    other_use,        ///< it is for servers, say
    unnamed,          ///< nothing in it can be the name of a user
    other,
};
inline constexpr std::size_t kClientFaults = 6;
/// Why, for the error log: of static lifetime.
[[nodiscard]] std::string_view fault_text(ClientFault fault);
/// What the result of a check by OpenSSL (X509_V_…) means.
[[nodiscard]] ClientFault fault_of(long verify_result);

/// True for a text that can be the name of a user.
using IsName = bool (*)(std::string_view text);

/// The user's name in `certificate`: its common name, where it has exactly one that can be a name; otherwise the first
/// e-mail address, then the first DNS name (RFC 5280 §4.2.1.6), that can be one. Empty: none can.
[[nodiscard]] std::string client_name(X509* certificate, IsName is_name);

class ClientAuthority {
public:
    /// Reads one certificate or more. Each is trusted by itself, also when it is no root. The error is a sentence for
    /// the operator.
    static std::expected<ClientAuthority, std::string> load(const PemFile& file, IsName is_name);

    /// Makes connections of `context` ask clients for a certificate, which they need not show. One that is shown is
    /// checked by check(), which the acceptor calls. False: OpenSSL refused.
    [[nodiscard]] bool ask_in(SSL_CTX* context) const;
    /// Of all certificates, in their order: tells one set from another. 32 bytes.
    [[nodiscard]] const std::array<unsigned char, 32>& digest() const { return digest_; }

    /// Checks the certificate of a handshake at this time (Unix seconds). 1: it is good. 0: it is not; the store's
    /// error, from which OpenSSL chooses the alert, says why.
    [[nodiscard]] int check(X509_STORE_CTX* check, std::int64_t now_seconds) const;
    /// The same later, without a handshake. `others`: what else the client sent; may be null.
    [[nodiscard]] bool vouches_for(X509* certificate, STACK_OF(X509) * others, std::int64_t now_seconds) const;
    /// See client_name().
    [[nodiscard]] std::string name_of(X509* certificate) const { return client_name(certificate, is_name_); }

private:
    ClientAuthority(std::vector<X509Ptr> certificates, StorePtr store, IsName is_name);

    std::vector<X509Ptr> certificates_;
    StorePtr store_;
    IsName is_name_;
    std::array<unsigned char, 32> digest_{};
};

}  // namespace tls
