// Digest fields (RFC 9530): Content-Digest and Repr-Digest, and what a client wants of them. No hashing here.
// Called by the upload sinks (head and trailer) and by the handler of files. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace http {

/// The algorithms of RFC 9530 §5 that are fit for integrity.
enum class DigestAlgorithm : std::uint8_t { sha_256, sha_512 };
inline constexpr std::size_t kDigestAlgorithms = 2;

[[nodiscard]] std::string_view digest_algorithm_name(DigestAlgorithm algorithm);
/// 32 or 64.
[[nodiscard]] constexpr std::size_t digest_bytes(DigestAlgorithm algorithm) {
    return algorithm == DigestAlgorithm::sha_256 ? 32 : 64;
}

struct Digests {
    std::optional<std::array<std::byte, 32>> sha_256;
    std::optional<std::array<std::byte, 64>> sha_512;

    /// False when there was no algorithm that we know: nothing to verify.
    [[nodiscard]] bool any() const { return sha_256 || sha_512; }
};

enum class DigestError : std::uint8_t {
    not_a_dictionary,  ///< RFC 8941 §3.2
    not_bytes,         ///< a digest that we know is no :base64:
    wrong_length,      ///< … or not as long as its algorithm gives
};
/// One sentence for the client.
[[nodiscard]] std::string_view digest_error_text(DigestError error);

/// A whole field value, its lines joined by ", ". Other algorithms are ignored; of a repeated key the last counts.
/// An error means that the client wanted a check that cannot be made: 400.
[[nodiscard]] std::expected<Digests, DigestError> parse_digests(std::string_view value);

/// Appends "sha-256=:…:". `digest` has digest_bytes(algorithm) bytes.
void append_digest(std::string& out, DigestAlgorithm algorithm, std::span<const std::byte> digest);

/// Want-Content-Digest or Want-Repr-Digest (RFC 9530 §4): the algorithm of the greatest preference 1 … 10, of equal
/// ones sha-256. nullopt when the field is malformed or wants neither.
[[nodiscard]] std::optional<DigestAlgorithm> parse_wanted_digest(std::string_view value);

}  // namespace http
