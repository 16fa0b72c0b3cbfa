// PEM files to certificates, and what a certificate says of itself.
#include "tls/certificate.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <utility>

#include "base/ascii.h"

namespace tls {
namespace {

constexpr std::int64_t kSecondsPerDay = 86'400;
constexpr std::int64_t kSelfSignedDays = 90;
/// A certificate is about to end when less than this is left.
constexpr std::int64_t kSoonSeconds = 14 * kSecondsPerDay;

std::vector<std::string> read_names(X509* certificate) {
    std::vector<std::string> names;
    auto* const listed =
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
    for (int i = 0; i < sk_GENERAL_NAME_num(listed); ++i) {
        const GENERAL_NAME* const name = sk_GENERAL_NAME_value(listed, i);
        if (name->type != GEN_DNS) continue;
        const auto* const bytes = reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName));
        std::string text(bytes, static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName)));
        std::ranges::transform(text, text.begin(), base::to_lower);
        names.push_back(std::move(text));
    }
    GENERAL_NAMES_free(listed);
    return names;
}

std::string hexadecimal(std::span<const unsigned char> bytes) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::string text;
    for (const unsigned char byte : bytes) {
        if (!text.empty()) text.push_back(':');
        text.push_back(kDigits[byte >> 4]);
        text.push_back(kDigits[byte & 15]);
    }
    return text;
}

std::string date_of(std::int64_t seconds) {
    const std::time_t time = seconds;
    std::tm parts{};
    ::gmtime_r(&time, &parts);
    std::array<char, 32> text{};
    return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M UTC", &parts)};
}

/// "DNS:name" or "IP:address", as the extension's text form wants it.
std::string alternative_names(std::span<const std::string> names) {
    std::string text;
    for (const std::string& name : names) {
        const bool is_address =
            name.find(':') != std::string::npos || name.find_first_not_of("0123456789.") == std::string::npos;
        text.append(text.empty() ? "" : ",").append(is_address ? "IP:" : "DNS:").append(name);
    }
    return text;
}

bool add_extension(X509* certificate, int kind, const std::string& value) {
    X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str());
    if (extension == nullptr) return false;
    const bool added = X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return added;
}

}  // namespace

Certificate::Certificate(std::vector<X509Ptr> chain, KeyPtr key)
    : chain_(std::move(chain)),
      key_(std::move(key)),
      names_(read_names(chain_.front().get())),
      not_before_(unix_seconds(X509_get0_notBefore(chain_.front().get()))),
      not_after_(unix_seconds(X509_get0_notAfter(chain_.front().get()))) {}

std::expected<Certificate, std::string> Certificate::load(const PemFile& chain_file, const PemFile& key_file) {
    const auto chain_text = read_pem(chain_file, Secrecy::open);
    if (!chain_text) return std::unexpected(chain_text.error());
    auto key_text = read_pem(key_file, Secrecy::secret);
    if (!key_text) return std::unexpected(key_text.error());

    std::vector<X509Ptr> chain;
    const BioPtr chain_view = view_of(*chain_text);
    while (X509Ptr next{PEM_read_bio_X509(chain_view.get(), nullptr, nullptr, nullptr)})
        chain.push_back(std::move(next));
    ERR_clear_error();
    if (chain.empty()) return std::unexpected(chain_file.path + " holds no certificate in PEM form");

    const BioPtr key_view = view_of(*key_text);
    // A key with a password cannot be asked for one: no terminal belongs to a server.
    const auto no_password = [](char*, int, int, void*) { return 0; };
    KeyPtr key(PEM_read_bio_PrivateKey(key_view.get(), nullptr, no_password, nullptr));
    ERR_clear_error();
    OPENSSL_cleanse(key_text->data(), key_text->size());
    if (key == nullptr) {
        return std::unexpected(key_file.path + " holds no private key in PEM form, or one that needs a password");
    }
    if (X509_check_private_key(chain.front().get(), key.get()) != 1) {
        ERR_clear_error();
        return std::unexpected("the key " + key_file.path + " does not fit the certificate " + chain_file.path);
    }
    return Certificate(std::move(chain), std::move(key));
}

std::expected<Certificate, std::string> Certificate::make_self_signed(std::span<const std::string> names,
                                                                      std::int64_t now_seconds) {
    const auto failed = [] {
        ERR_clear_error();
        return std::unexpected(std::string("OpenSSL could not make a certificate"));
    };
    KeyPtr key(EVP_EC_gen("P-256"));
    X509Ptr made(X509_new());
    if (key == nullptr || made == nullptr || names.empty()) return failed();
    std::uint64_t number = 0;
    if (RAND_bytes(reinterpret_cast<unsigned char*>(&number), sizeof number) != 1) return failed();
    X509_set_version(made.get(), X509_VERSION_3);
    // Positive, as RFC 5280 §4.1.2.2 asks.
    ASN1_INTEGER_set_uint64(X509_get_serialNumber(made.get()), number >> 1U);
    ASN1_TIME_set(X509_getm_notBefore(made.get()), now_seconds - kSecondsPerDay);
    ASN1_TIME_set(X509_getm_notAfter(made.get()), now_seconds + kSelfSignedDays * kSecondsPerDay);
    X509_NAME* const subject = X509_get_subject_name(made.get());
    const auto* const common_name = reinterpret_cast<const unsigned char*>(names.front().c_str());
    const bool is_named = X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, common_name, -1, -1, 0) == 1 &&
                          X509_set_issuer_name(made.get(), subject) == 1 &&
                          X509_set_pubkey(made.get(), key.get()) == 1 &&
                          add_extension(made.get(), NID_basic_constraints, "critical,CA:FALSE") &&
                          add_extension(made.get(), NID_ext_key_usage, "serverAuth") &&
                          add_extension(made.get(), NID_subject_alt_name, alternative_names(names));
    if (!is_named || X509_sign(made.get(), key.get(), EVP_sha256()) == 0) return failed();
    std::vector<X509Ptr> chain;
    chain.push_back(std::move(made));
    return Certificate(std::move(chain), std::move(key));
}

std::string Certificate::fingerprint() const {
    std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
    unsigned length = 0;
    if (X509_digest(chain_.front().get(), EVP_sha256(), hash.data(), &length) != 1) return {};
    return hexadecimal(std::span(hash).first(length));
}

std::string Certificate::serial() const {
    BIGNUM* const number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(chain_.front().get()), nullptr);
    char* const digits = number == nullptr ? nullptr : BN_bn2hex(number);
    std::string text(digits == nullptr ? "" : digits);
    OPENSSL_free(digits);
    BN_free(number);
    return text;
}

std::string Certificate::find_concern(std::int64_t now_seconds) const {
    const std::string who = names_.empty() ? "the certificate" : "the certificate for " + names_.front();
    if (now_seconds >= not_after_) return who + " expired at " + date_of(not_after_);
    if (now_seconds < not_before_) return who + " is not valid before " + date_of(not_before_);
    const std::int64_t left = not_after_ - now_seconds;
    if (left >= std::min(kSoonSeconds, (not_after_ - not_before_) / 4)) return {};
    return who + " ends at " + date_of(not_after_);
}

bool Certificate::use_in(SSL_CTX* context) const {
    if (SSL_CTX_use_certificate(context, chain_.front().get()) != 1) return false;
    for (std::size_t i = 1; i < chain_.size(); ++i) {
        if (SSL_CTX_add1_chain_cert(context, chain_[i].get()) != 1) return false;
    }
    return SSL_CTX_use_PrivateKey(context, key_.get()) == 1;
}

std::int64_t unix_seconds(const ASN1_TIME* time) {
    std::tm parts{};
    return ASN1_TIME_to_tm(time, &parts) == 1 ? ::timegm(&parts) : 0;
}

NameMatch match_name(std::string_view pattern, std::string_view name) {
    if (pattern == name) return NameMatch::exact;
    if (!pattern.starts_with("*.")) return NameMatch::none;
    // The star stands for one label (RFC 6125 §6.4.3).
    const std::size_t dot = name.find('.');
    const bool fits = dot != std::string_view::npos && dot > 0 && name.substr(dot) == pattern.substr(1);
    return fits ? NameMatch::wildcard : NameMatch::none;
}

}  // namespace tls
