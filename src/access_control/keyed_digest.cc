// The digest of the key and of the digest of the key and the text, under two masks.
#include "access_control/keyed_digest.h"

#include <sys/random.h>

#include <cerrno>
#include <cstdlib>
#include <span>

#include "base/escape.h"
#include "storage/digest.h"

namespace access_control {
namespace {

/// Of SHA-256.
constexpr std::size_t kBlockBytes = 64;

std::string digest_of(const DigestKey& key, std::byte mask, std::string_view text) {
    const auto digester = storage::Digester::make(http::DigestAlgorithm::sha_256);
    if (digester == nullptr) return {};
    std::array<std::byte, kBlockBytes> block{};
    for (std::size_t i = 0; i < block.size(); ++i) block[i] = (i < key.size() ? key[i] : std::byte{0}) ^ mask;
    digester->update(block);
    digester->update(std::as_bytes(std::span(text)));
    return digester->finish();
}

}  // namespace

DigestKey make_digest_key() {
    DigestKey key{};
    while (::getrandom(key.data(), key.size(), 0) != static_cast<ssize_t>(key.size())) {
        if (errno != EINTR) std::abort();  // a key that can be guessed is worse than no server
    }
    return key;
}

std::string keyed_digest(const DigestKey& key, std::string_view text) {
    const std::string inner = digest_of(key, std::byte{0x36}, text);
    if (inner.empty()) return {};
    std::string digits;
    base::append_hex(digits, digest_of(key, std::byte{0x5c}, inner));
    return digits;
}

bool is_same_digest(std::string_view one, std::string_view other) {
    if (one.size() != other.size()) return false;
    unsigned difference = 0;
    for (std::size_t i = 0; i < one.size(); ++i) {
        difference |= static_cast<unsigned>(static_cast<unsigned char>(one[i]) ^ static_cast<unsigned char>(other[i]));
    }
    return difference == 0;
}

}  // namespace access_control
