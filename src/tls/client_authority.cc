// OpenSSL's check of a chain, and the name that a certificate gives.
#include "tls/client_authority.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <utility>

namespace tls {
namespace {

/// An authority has a few certificates; a file with more is a bundle of public authorities, given by mistake.
constexpr std::size_t kMostAuthorities = 100;

std::string utf8_of(const ASN1_STRING* text) {
    unsigned char* bytes = nullptr;
    const int length = ASN1_STRING_to_UTF8(&bytes, text);
    if (length < 0) {
        ERR_clear_error();
        return {};
    }
    std::string copy(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(length));
    OPENSSL_free(bytes);
    return copy;
}

/// Empty when there is none, or more than one: nothing would say which one counts.
std::string common_name(const X509* certificate) {
    const X509_NAME* const subject = X509_get_subject_name(certificate);
    const int first = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
    if (first < 0 || X509_NAME_get_index_by_NID(subject, NID_commonName, first) >= 0) return {};
    return utf8_of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, first)));
}

/// The first name of this kind (GEN_…) that `is_name` takes.
std::string alternative_name(X509* certificate, int kind, IsName is_name) {
    auto* const listed =
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
    std::string found;
    for (int i = 0; i < sk_GENERAL_NAME_num(listed) && found.empty(); ++i) {
        const GENERAL_NAME* const name = sk_GENERAL_NAME_value(listed, i);
        if (name->type != kind) continue;
        std::string text = utf8_of(name->d.ia5);
        if (is_name(text)) found = std::move(text);
    }
    GENERAL_NAMES_free(listed);
    return found;
}

}  // namespace

std::string_view fault_text(ClientFault fault) {
    switch (fault) {
        case ClientFault::none: return {};
        case ClientFault::not_now: return "a client certificate was refused: it has expired, or is not valid yet";
        case ClientFault::other_authority:
            return "a client certificate was refused: it comes from no authority of --tls-client-ca";
        case ClientFault::other_use: return "a client certificate was refused: it is not for signing in (clientAuth)";
        case ClientFault::unnamed:
            return "a client certificate was refused: neither its common name nor an e-mail address or a DNS name in "
                   "it can be the name of a user";
        case ClientFault::other: break;
    }
    return "a client certificate was refused: OpenSSL does not take it";
}

ClientFault fault_of(long verify_result) {
    switch (verify_result) {
        case X509_V_OK: return ClientFault::none;
        case X509_V_ERR_CERT_HAS_EXPIRED:
        case X509_V_ERR_CERT_NOT_YET_VALID: return ClientFault::not_now;
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        case X509_V_ERR_CERT_SIGNATURE_FAILURE: return ClientFault::other_authority;
        case X509_V_ERR_INVALID_PURPOSE:
        case X509_V_ERR_INVALID_CA: return ClientFault::other_use;
        case X509_V_ERR_CERT_REJECTED: return ClientFault::unnamed;
        default: return ClientFault::other;
    }
}

std::string client_name(X509* certificate, IsName is_name) {
    if (std::string name = common_name(certificate); is_name(name)) return name;
    if (std::string name = alternative_name(certificate, GEN_EMAIL, is_name); !name.empty()) return name;
    return alternative_name(certificate, GEN_DNS, is_name);
}

ClientAuthority::ClientAuthority(std::vector<X509Ptr> certificates, StorePtr store, IsName is_name)
    : certificates_(std::move(certificates)), store_(std::move(store)), is_name_(is_name) {
    std::string all;
    for (const X509Ptr& certificate : certificates_) {
        std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
        unsigned length = 0;
        (void)X509_digest(certificate.get(), EVP_sha256(), hash.data(), &length);
        all.append(reinterpret_cast<const char*>(hash.data()), length);
    }
    (void)EVP_Digest(all.data(), all.size(), digest_.data(), nullptr, EVP_sha256(), nullptr);
}

std::expected<ClientAuthority, std::string> ClientAuthority::load(const PemFile& file, IsName is_name) {
    const auto text = read_pem(file, Secrecy::open);
    if (!text) return std::unexpected(text.error());
    std::vector<X509Ptr> certificates;
    StorePtr store(X509_STORE_new());
    const BioPtr view = view_of(*text);
    bool are_taken = store != nullptr;
    while (X509Ptr next{PEM_read_bio_X509(view.get(), nullptr, nullptr, nullptr)}) {
        are_taken = are_taken && X509_STORE_add_cert(store.get(), next.get()) == 1;
        certificates.push_back(std::move(next));
    }
    // The text ends at the last certificate; anything else is damage, and the authorities behind it would be left out.
    const bool has_ended = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    ERR_clear_error();
    if (certificates.empty()) return std::unexpected(file.path + " holds no certificate in PEM form");
    if (!has_ended) {
        return std::unexpected(file.path + " has a certificate that cannot be read, number " +
                               std::to_string(certificates.size() + 1));
    }
    if (certificates.size() > kMostAuthorities) {
        return std::unexpected(file.path + " holds more than " + std::to_string(kMostAuthorities) +
                               " certificates: only those that vouch for your users belong there");
    }
    // An intermediate one may be the one that is trusted, without its root.
    if (!are_taken || X509_STORE_set_flags(store.get(), X509_V_FLAG_PARTIAL_CHAIN) != 1) {
        return std::unexpected("OpenSSL does not take the certificates of " + file.path);
    }
    return ClientAuthority(std::move(certificates), std::move(store), is_name);
}

bool ClientAuthority::ask_in(SSL_CTX* context) const {
    for (const X509Ptr& certificate : certificates_) {
        if (SSL_CTX_add_client_CA(context, certificate.get()) != 1) return false;
    }
    SSL_CTX_set_max_cert_list(context, kMostClientChainBytes);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    // The macro for this call casts in C's way.
    return SSL_CTX_ctrl(context, SSL_CTRL_SET_VERIFY_CERT_STORE, 1, store_.get()) == 1;
}

int ClientAuthority::check(X509_STORE_CTX* check, std::int64_t now_seconds) const {
    X509_STORE_CTX_set_time(check, 0, now_seconds);
    if (X509_verify_cert(check) != 1) return 0;
    if (!name_of(X509_STORE_CTX_get0_cert(check)).empty()) return 1;
    X509_STORE_CTX_set_error(check, X509_V_ERR_CERT_REJECTED);
    return 0;
}

bool ClientAuthority::vouches_for(X509* certificate, STACK_OF(X509) * others, std::int64_t now_seconds) const {
    const StoreCheckPtr check(X509_STORE_CTX_new());
    const bool is_good = check != nullptr && X509_STORE_CTX_init(check.get(), store_.get(), certificate, others) == 1 &&
                         X509_STORE_CTX_set_default(check.get(), "ssl_client") == 1 &&
                         this->check(check.get(), now_seconds) == 1;
    ERR_clear_error();
    return is_good;
}

}  // namespace tls
