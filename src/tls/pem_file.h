// Files in PEM form, opened by whoever may read them: this process, or the one that keeps secrets (app/file_source).
// Called by tls/certificate and tls/client_authority.
#pragma once

#include <cstdint>
#include <expected>
#include <string>

#include "base/fd.h"
#include "tls/openssl_ptr.h"

namespace tls {

struct PemFile {
    std::string path;                   ///< for messages
    std::expected<base::Fd, int> file;  ///< or the errno of opening it
};

/// Whether a file that all users of the machine can read is refused.
enum class Secrecy : std::uint8_t { open, secret };

/// The text of the whole file, whatever was read of it before. The error is a sentence for the operator, with the
/// command that mends it where there is one.
[[nodiscard]] std::expected<std::string, std::string> read_pem(const PemFile& pem, Secrecy secrecy);

/// For OpenSSL's readers; `text` outlives it.
[[nodiscard]] BioPtr view_of(const std::string& text);

}  // namespace tls
