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
    constexpr std::string_view kDigits = "0123456789abcdef";
    for (const char each : digester->finish()) {
        const auto byte = static_cast<unsigned char>(each);
        digits += kDigits[byte >> 4U];
        digits += kDigits[byte & 15U];
    }
    return digits;
}

}  // namespace access_control
