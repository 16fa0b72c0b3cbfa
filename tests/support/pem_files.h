// Certificates as files, for tests that load them.
#pragma once

#include <openssl/pem.h>
#include <sys/stat.h>

#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "support/catch.h"
#include "support/temp_dir.h"
#include "tls/certificate.h"

namespace support {

/// Writes a fresh certificate for "NAME.example" as NAME.pem, and its key as NAME.key.
inline void write_pair(const TempDir& folder, const std::string& name, std::int64_t now_seconds) {
    const std::vector<std::string> names{name + ".example"};
    const tls::Certificate made = std::move(*tls::Certificate::make_self_signed(names, now_seconds));
    const tls::SslContextPtr context(SSL_CTX_new(TLS_server_method()));
    REQUIRE(made.use_in(context.get()));
    std::FILE* const chain = std::fopen(folder.at(name + ".pem").c_str(), "w");
    PEM_write_X509(chain, SSL_CTX_get0_certificate(context.get()));
    std::fclose(chain);
    std::FILE* const key = std::fopen(folder.at(name + ".key").c_str(), "w");
    PEM_write_PrivateKey(key, SSL_CTX_get0_privatekey(context.get()), nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(key);
    ::chmod(folder.at(name + ".key").c_str(), 0600);
}

}  // namespace support
