// Forms of crypt(5), each with its bounds.
#include "access_control/password_hash.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "base/ascii.h"

#ifdef GODWIT_HAVE_CRYPT
#include <crypt.h>
#endif

namespace access_control {
namespace {

constexpr std::string_view kWayOut = "; make another one with: htpasswd -B -C 10";

/// The alphabet of crypt(3)'s base64, in the order of its digits.
constexpr std::string_view kCryptDigits = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

// Each step of these doubles the time of a check. One check is made at a time, so no check may take long.
constexpr std::uint64_t kLeastBcryptCost = 4;
constexpr std::uint64_t kMostBcryptCost = 14;  // about 0.7 s
constexpr std::size_t kMostYescryptCost = 13;  // 2^14 blocks of 4 KiB: 64 MiB
constexpr std::uint64_t kMostSha512Rounds = 1'000'000;

bool is_crypt_text(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return kCryptDigits.find(c) != std::string_view::npos; });
}

std::unexpected<std::string> fault(std::string_view what) { return std::unexpected(std::string(what).append(kWayOut)); }

std::expected<void, std::string> check_bcrypt(std::string_view rest) {
    // NN$, 22 digits of salt, 31 of the hash.
    if (rest.size() != 3 + 53 || rest[2] != '$' || !is_crypt_text(rest.substr(3))) {
        return fault("the bcrypt hash is not whole");
    }
    const auto cost = base::parse_decimal(rest.substr(0, 2));
    if (!cost || *cost < kLeastBcryptCost || *cost > kMostBcryptCost) {
        return fault("the cost of the bcrypt hash is not 4 to 14");
    }
    return {};
}

std::expected<void, std::string> check_yescrypt(std::string_view rest) {
    // "jXY$", a salt, "$", 43 digits.
    const std::size_t salt_end = rest.size() > 4 ? rest.find('$', 4) : std::string_view::npos;
    const bool is_whole = rest.size() > 4 && rest[0] == 'j' && rest[3] == '$' && salt_end != std::string_view::npos &&
                          rest.size() - salt_end - 1 == 43 && is_crypt_text(rest.substr(1, 2)) &&
                          is_crypt_text(rest.substr(4, salt_end - 4)) && is_crypt_text(rest.substr(salt_end + 1));
    if (!is_whole) return fault("the yescrypt hash is not whole, or its parameters are unusual");
    // 'T' is the block size of every cost that libxcrypt makes but the two lowest, which have '5'.
    const bool is_usual = kCryptDigits.find(rest[1]) <= kMostYescryptCost && (rest[2] == 'T' || rest[2] == '5');
    if (!is_usual) return fault("the cost of the yescrypt hash is not 1 to 7");
    return {};
}

std::expected<void, std::string> check_sha512(std::string_view rest) {
    constexpr std::string_view kRounds = "rounds=";
    if (rest.starts_with(kRounds)) {
        const std::size_t end = std::min(rest.find('$'), rest.size());
        const auto rounds = base::parse_decimal(rest.substr(kRounds.size(), end - kRounds.size()));
        if (!rounds || *rounds > kMostSha512Rounds) {
            return fault("the rounds of the SHA-512 crypt hash are not 1 to 1000000");
        }
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    const std::size_t salt_end = rest.find('$');
    const bool is_whole = salt_end <= 16 && rest.size() - salt_end - 1 == 86 &&
                          is_crypt_text(rest.substr(0, salt_end)) && is_crypt_text(rest.substr(salt_end + 1));
    if (!is_whole) return fault("the SHA-512 crypt hash is not whole");
    return {};
}

}  // namespace

std::expected<void, std::string> check_hash_form(std::string_view hash) {
    for (const std::string_view bcrypt : {"$2b$", "$2a$", "$2y$"}) {
        if (hash.starts_with(bcrypt)) return check_bcrypt(hash.substr(bcrypt.size()));
    }
    if (hash.starts_with("$y$")) return check_yescrypt(hash.substr(3));
    if (hash.starts_with("$6$")) return check_sha512(hash.substr(3));
    if (hash.starts_with("$apr1$")) return fault("$apr1$ (htpasswd's MD5) is too weak");
    if (hash.starts_with("$1$")) return fault("MD5 crypt ($1$) is too weak");
    if (hash.starts_with("{SHA}")) return fault("{SHA} (SHA-1 without a salt) is too weak");
    if (hash.starts_with("$5$")) return fault("SHA-256 crypt ($5$) is not accepted");
    if (hash.starts_with("$")) return fault("this form of hash is not known: bcrypt, yescrypt and SHA-512 crypt are");
    if (hash.size() == 13 && is_crypt_text(hash)) return fault("DES crypt is too weak");
    if (hash.empty()) return fault("there is no hash behind the name");
    return fault("this is no hash, and passwords are not stored as they are");
}

#ifdef GODWIT_HAVE_CRYPT

bool has_password_hashes() { return true; }

bool matches_password(const std::string& hash, std::string_view password) {
    if (password.size() > kMaxPasswordBytes || password.find('\0') != std::string_view::npos) return false;
    const auto work = std::make_unique<crypt_data>();
    const std::string phrase(password);
    const char* const made = ::crypt_r(phrase.c_str(), hash.c_str(), work.get());
    if (made == nullptr) return false;
    const std::string_view found(made);
    if (found.size() != hash.size()) return false;
    unsigned difference = 0;
    for (std::size_t i = 0; i < hash.size(); ++i) {
        difference |= static_cast<unsigned>(found[i] ^ hash[i]);
    }
    return difference == 0;
}

std::string make_password_hash(const std::string& password) {
    const auto work = std::make_unique<crypt_data>();
    char setting[CRYPT_GENSALT_OUTPUT_SIZE];
    if (::crypt_gensalt_rn("$y$", 0, nullptr, 0, setting, sizeof setting) == nullptr) return {};
    const char* const made = ::crypt_r(password.c_str(), setting, work.get());
    return made == nullptr || *made == '*' ? std::string() : std::string(made);
}

#else

bool has_password_hashes() { return false; }
bool matches_password(const std::string&, std::string_view) { return false; }
std::string make_password_hash(const std::string&) { return {}; }

#endif

}  // namespace access_control
