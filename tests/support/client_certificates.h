// An authority and the certificates of its clients, made in memory, for tests of signing in by certificate.
#pragma once

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdint>
#include <cstdio>
#include <string>
#include <utility>

#include "support/catch.h"
#include "support/temp_dir.h"
#include "tls/openssl_ptr.h"

namespace support {

/// A certificate and its key.
struct MadeCertificate {
    tls::X509Ptr certificate;
    tls::KeyPtr key;
};

/// What a certificate says.
struct Wanted {
    std::string common_name;        ///< empty: none
    std::string other_common_name;  ///< a second one; empty: none
    std::string alternative_names;  ///< "email:a@b.example,DNS:c.example"; empty: none
    std::string usage = "clientAuth";
    std::int64_t begins_s = 0;
    std::int64_t ends_s = 0;
    bool is_authority = false;
};

inline void add_extension(X509* certificate, int kind, const std::string& value) {
    X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str());
    REQUIRE(extension != nullptr);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

/// Signed by `authority`, or by itself where that is null.
inline MadeCertificate make_certificate(const Wanted& wanted, const MadeCertificate* authority) {
    static std::int64_t serial = 1;
    MadeCertificate made{tls::X509Ptr(X509_new()), tls::KeyPtr(EVP_EC_gen("P-256"))};
    X509* const certificate = made.certificate.get();
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set_int64(X509_get_serialNumber(certificate), ++serial);
    ASN1_TIME_set(X509_getm_notBefore(certificate), wanted.begins_s);
    ASN1_TIME_set(X509_getm_notAfter(certificate), wanted.ends_s);
    X509_NAME* const subject = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(subject, "O", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>("tests"), -1, -1, 0);
    for (const std::string& name : {wanted.common_name, wanted.other_common_name}) {
        if (name.empty()) continue;
        X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(name.data()),
                                   static_cast<int>(name.size()), -1, 0);
    }
    const MadeCertificate& signer = authority == nullptr ? made : *authority;
    X509_set_issuer_name(certificate, X509_get_subject_name(signer.certificate.get()));
    X509_set_pubkey(certificate, made.key.get());
    add_extension(certificate, NID_basic_constraints, wanted.is_authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
    if (!wanted.is_authority) add_extension(certificate, NID_ext_key_usage, wanted.usage);
    if (!wanted.alternative_names.empty()) {
        add_extension(certificate, NID_subject_alt_name, wanted.alternative_names);
    }
    REQUIRE(X509_sign(certificate, signer.key.get(), EVP_sha256()) != 0);
    return made;
}

/// Valid for a year around `now_s`.
inline MadeCertificate make_authority(const std::string& name, std::int64_t now_s) {
    constexpr std::int64_t kHalfYear = 183 * 86'400;
    return make_certificate({.common_name = name,
                             .other_common_name = {},
                             .alternative_names = {},
                             .usage = {},
                             .begins_s = now_s - kHalfYear,
                             .ends_s = now_s + kHalfYear,
                             .is_authority = true},
                            nullptr);
}

/// Of a client with this name, valid for a day around `now_s`.
inline Wanted client_named(const std::string& name, std::int64_t now_s) {
    constexpr std::int64_t kHalfDay = 43'200;
    Wanted wanted;
    wanted.common_name = name;
    wanted.begins_s = now_s - kHalfDay;
    wanted.ends_s = now_s + kHalfDay;
    return wanted;
}

/// Adds the certificate to the file.
inline void append_pem(const std::string& path, const MadeCertificate& made) {
    std::FILE* const file = std::fopen(path.c_str(), "a");
    REQUIRE(file != nullptr);
    PEM_write_X509(file, made.certificate.get());
    std::fclose(file);
}

}  // namespace support
