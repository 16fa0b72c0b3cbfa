// A certificate with its chain and its private key, as the server shows it. Loaded from PEM files, or made for the
// first minutes of a server that has none. Called by app/ and tls/acceptor.
#pragma once

#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tls/openssl_ptr.h"
#include "tls/pem_file.h"

namespace tls {

class Certificate {
public:
    /// Reads a chain, the server's own certificate first, and the key that fits it. The error is a sentence for the
    /// operator: which file, what is wrong, and the command that mends it where there is one. A key file that other
    /// users can read is refused.
    static std::expected<Certificate, std::string> load(const PemFile& chain_file, const PemFile& key_file);

    /// A self-signed one (P-256), valid for 90 days from `now_seconds` (Unix time), for these DNS names and textual IP
    /// addresses. It is held in memory only.
    static std::expected<Certificate, std::string> make_self_signed(std::span<const std::string> names,
                                                                    std::int64_t now_seconds);

    /// The DNS names that it is for, in lower case; "*.example.org" stays as it is.
    [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
    /// Unix seconds.
    [[nodiscard]] std::int64_t not_before() const { return not_before_; }
    [[nodiscard]] std::int64_t not_after() const { return not_after_; }
    /// SHA-256 of the certificate, as browsers show it: "AB:CD:…".
    [[nodiscard]] std::string fingerprint() const;
    /// The serial number in hexadecimal.
    [[nodiscard]] std::string serial() const;

    /// What the operator has to know now: the certificate has expired, is not valid yet, or ends within two weeks or a
    /// quarter of its life, whichever is less. Empty when all is well.
    [[nodiscard]] std::string find_concern(std::int64_t now_seconds) const;

    /// Puts chain and key into `context`. False: OpenSSL refused.
    [[nodiscard]] bool use_in(SSL_CTX* context) const;

private:
    Certificate(std::vector<X509Ptr> chain, KeyPtr key);

    std::vector<X509Ptr> chain_;  ///< its own certificate first
    KeyPtr key_;
    std::vector<std::string> names_;
    std::int64_t not_before_ = 0;
    std::int64_t not_after_ = 0;
};

/// Seconds since 1970; 0 for what is no time.
[[nodiscard]] std::int64_t unix_seconds(const ASN1_TIME* time);

/// How well `pattern`, a name of a certificate, matches `name`, a host's name in lower case.
enum class NameMatch : std::uint8_t { none, wildcard, exact };
[[nodiscard]] NameMatch match_name(std::string_view pattern, std::string_view name);

}  // namespace tls
