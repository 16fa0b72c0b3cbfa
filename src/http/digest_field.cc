// Digest fields.
#include "http/digest_field.h"

#include "base/ascii.h"
#include "base/escape.h"
#include "http/structured_field.h"

namespace http {
namespace {

using Outcome = DictionaryReader::Outcome;

constexpr std::uint64_t kMaxPreference = 10;

std::optional<DigestAlgorithm> find_algorithm(std::string_view key) {
    if (key == "sha-256") return DigestAlgorithm::sha_256;
    if (key == "sha-512") return DigestAlgorithm::sha_512;
    return std::nullopt;
}

template <std::size_t Bytes>
std::optional<DigestError> read_digest(const Item& item, std::optional<std::array<std::byte, Bytes>>& digest) {
    std::array<std::byte, Bytes> bytes;
    if (item.kind != ItemKind::bytes) return DigestError::not_bytes;
    if (item.text.size() != base::base64_length(Bytes)) return DigestError::wrong_length;
    const auto length = base::decode_base64(item.text, bytes);
    // Too long for the array in spite of the right number of characters, or not base64: neither can be verified.
    if (!length) return DigestError::not_bytes;
    if (*length != Bytes) return DigestError::wrong_length;
    digest = bytes;
    return std::nullopt;
}

}  // namespace

std::string_view digest_algorithm_name(DigestAlgorithm algorithm) {
    return algorithm == DigestAlgorithm::sha_256 ? "sha-256" : "sha-512";
}

std::string_view digest_error_text(DigestError error) {
    switch (error) {
        case DigestError::not_a_dictionary:
            return "the digest field is not of the form sha-256=:BASE64:, sha-512=:BASE64: (RFC 9530).";
        case DigestError::not_bytes: return "a digest must be base64 with padding between two colons (RFC 9530).";
        case DigestError::wrong_length: return "a digest is not as long as its algorithm gives (RFC 9530).";
    }
    return {};
}

std::expected<Digests, DigestError> parse_digests(std::string_view value) {
    Digests digests;
    std::optional<DigestError> sha_256_error;
    std::optional<DigestError> sha_512_error;
    DictionaryReader reader(value);
    std::string_view key;
    Item item;
    Outcome outcome = Outcome::end;
    while ((outcome = reader.next(key, item)) == Outcome::member) {
        const auto algorithm = find_algorithm(key);
        if (algorithm == DigestAlgorithm::sha_256) sha_256_error = read_digest(item, digests.sha_256);
        if (algorithm == DigestAlgorithm::sha_512) sha_512_error = read_digest(item, digests.sha_512);
    }
    if (outcome == Outcome::malformed) return std::unexpected(DigestError::not_a_dictionary);
    if (sha_256_error) return std::unexpected(*sha_256_error);
    if (sha_512_error) return std::unexpected(*sha_512_error);
    return digests;
}

void append_digest(std::string& out, DigestAlgorithm algorithm, std::span<const std::byte> digest) {
    out.append(digest_algorithm_name(algorithm)).append("=:");
    base::append_base64(out, digest);
    out.push_back(':');
}

std::optional<DigestAlgorithm> parse_wanted_digest(std::string_view value) {
    std::array<std::uint64_t, 2> preferences{};
    DictionaryReader reader(value);
    std::string_view key;
    Item item;
    Outcome outcome = Outcome::end;
    while ((outcome = reader.next(key, item)) == Outcome::member) {
        const auto algorithm = find_algorithm(key);
        if (!algorithm) continue;
        const auto number = item.kind == ItemKind::integer ? base::parse_decimal(item.text) : std::nullopt;
        preferences[static_cast<std::size_t>(*algorithm)] = number && *number <= kMaxPreference ? *number : 0;
    }
    if (outcome == Outcome::malformed || (preferences[0] == 0 && preferences[1] == 0)) return std::nullopt;
    return preferences[1] > preferences[0] ? DigestAlgorithm::sha_512 : DigestAlgorithm::sha_256;
}

}  // namespace http
