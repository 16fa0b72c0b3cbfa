// Hashes of bodies for RFC 9530, through OpenSSL's libcrypto where the build has it. Called by handler/body_digests
// while a body streams, by files/digest_queue for Want-Repr-Digest, and by access_control for tokens and seals.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "http/digest_field.h"

namespace storage {

/// False when this build has no libcrypto: digest fields are ignored then.
[[nodiscard]] bool has_digests();
/// "OpenSSL 3.0.19 …" or "none", for --version.
[[nodiscard]] std::string_view digest_library();

class Digester {
public:
    /// nullptr when has_digests() is false or the library refuses the algorithm.
    static std::unique_ptr<Digester> make(http::DigestAlgorithm algorithm);
    virtual ~Digester() = default;
    virtual void update(std::span<const std::byte> block) = 0;
    /// The hash as 32 or 64 raw bytes. Called once, at the end.
    virtual std::string finish() = 0;
};

}  // namespace storage
