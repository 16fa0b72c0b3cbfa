// Which hash is checked depends on the name alone. Whether a match counts depends on whether a user has that name.
#include "access_control/credential_check.h"

#include <memory>
#include <vector>

#include "access_control/password_hash.h"
#include "access_control/tokens.h"

namespace access_control {
namespace {

/// Half of the digest of the hash, which holds a random salt. Empty without SHA-256 or for a user without a password.
std::string stamp_of(const Account& account) {
    constexpr std::size_t kStampDigits = 32;
    if (account.password_hash.empty()) return {};
    return token_digest("badge:" + account.name + ":" + account.password_hash).substr(0, kStampDigits);
}

Verdict verdict_of(const Account* account) {
    if (account == nullptr) return {.kind = Verdict::Kind::wrong, .user = nullptr};
    return {.kind = Verdict::Kind::right,
            .user = std::make_shared<http::User>(
                http::User{.name = account->name, .groups = account->groups, .stamp = stamp_of(*account)})};
}

/// The account whose hash is checked for a name that has no hash; nullptr when no user has a password.
const Account* find_stand_in(const Users& users, std::string_view name, const HashKey& key) {
    std::vector<const Account*> with_password;
    for (const Account& each : users.accounts) {
        if (!each.password_hash.empty()) with_password.push_back(&each);
    }
    if (with_password.empty()) return nullptr;
    return with_password[keyed_hash(key, name) % with_password.size()];
}

Verdict check_password(const Users& users, const Credentials& credentials, const HashKey& key) {
    const Account* const stand_in = find_stand_in(users, credentials.name, key);
    const Account* const named = users.find(credentials.name);
    const bool has_password = named != nullptr && !named->password_hash.empty();
    const Account* const checked = has_password ? named : stand_in;
    if (checked == nullptr) return verdict_of(nullptr);
    const bool is_right = matches_password(checked->password_hash, credentials.secret);
    return verdict_of(is_right && has_password ? named : nullptr);
}

Verdict check_token(const Users& users, const Credentials& credentials) {
    const std::string digest = token_digest(credentials.secret);
    return verdict_of(digest.empty() ? nullptr : users.find_token(digest));
}

Verdict check_stamp(const Users& users, const Credentials& credentials) {
    const Account* const named = users.find(credentials.name);
    const bool counts = named != nullptr && !credentials.secret.empty() && stamp_of(*named) == credentials.secret;
    return verdict_of(counts ? named : nullptr);
}

}  // namespace

Verdict check_credentials(const Users& users, const Credentials& credentials, const HashKey& key) {
    switch (credentials.scheme) {
        case Credentials::Scheme::basic: return check_password(users, credentials, key);
        case Credentials::Scheme::bearer: return check_token(users, credentials);
        case Credentials::Scheme::badge: return check_stamp(users, credentials);
        case Credentials::Scheme::name_alone: return verdict_of(users.find(credentials.name));
    }
    return {};
}

}  // namespace access_control
