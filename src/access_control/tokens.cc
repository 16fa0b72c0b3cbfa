// A token is random, so one round of SHA-256 without a salt keeps it safe: there is nothing to guess.
#include "access_control/tokens.h"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

#include "base/escape.h"
#include "storage/digest.h"

namespace access_control {

bool has_tokens() { return storage::has_digests(); }

std::string make_token() {
    std::array<std::byte, 32> random{};
    if (::getrandom(random.data(), random.size(), 0) != static_cast<ssize_t>(random.size())) return {};
    std::string text;
    base::append_base64(text, random);
    std::erase(text, '=');
    std::ranges::replace(text, '+', '-');
    std::ranges::replace(text, '/', '_');
    return "godwit_" + text;
}

std::string token_digest(std::string_view token) {
    const auto digester = storage::Digester::make(http::DigestAlgorithm::sha_256);
    if (digester == nullptr) return {};
    digester->update(std::as_bytes(std::span(token)));
    std::string digits;
    base::append_hex(digits, digester->finish());
    return digits;
}

}  // namespace access_control
