// Line by line; members of groups are looked up at the end, since users may stand behind them.
#include "access_control/users_file.h"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <utility>

#include "access_control/password_hash.h"
#include "access_control/tokens.h"
#include "base/ascii.h"
#include "base/escape.h"

namespace access_control {
namespace {

constexpr std::string_view kGroups = "groups";
constexpr std::string_view kToken = "token:";
constexpr std::size_t kDigestDigits = 64;

struct Membership {
    std::size_t line;
    std::string group;
    std::string member;
};

/// What stands in `text` up to the next blank or comma, which is taken away with it; empty at the end.
std::string_view take_word(std::string_view& text) {
    const auto is_gap = [](char c) { return base::is_blank(c) || c == ','; };
    const auto* const begin = std::ranges::find_if_not(text, is_gap);
    const auto* const end = std::find_if(begin, text.end(), is_gap);
    const std::string_view word(begin, end);
    text = std::string_view(end, text.end());
    return word;
}

class UsersParser {
public:
    /// A sentence about what is wrong; nothing when the line was taken.
    std::optional<std::string> take_line(std::size_t number, std::string_view line) {
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos) return "a line is NAME:HASH, NAME:token:DIGEST or groups:NAME:MEMBERS";
        const std::string_view name = line.substr(0, colon);
        const std::string_view rest = line.substr(colon + 1);
        if (name == kGroups) return take_group(number, rest);
        if (!is_user_name(name)) return "this is no name of a user: 1 to 64 letters, digits and ._-@ are";
        Account& account = accounts_[std::string(name)];
        account.name = name;
        return rest.starts_with(kToken) ? take_token(account, rest.substr(kToken.size()))
                                        : take_password(account, rest);
    }

    std::expected<Users, UsersFault> finish() && {
        for (const Membership& each : memberships_) {
            const auto account = accounts_.find(each.member);
            if (account == accounts_.end()) {
                return std::unexpected(UsersFault{
                    each.line, "the group " + each.group + " has a member that is no user here: " + each.member});
            }
            std::vector<std::string>& groups = account->second.groups;
            if (std::ranges::find(groups, each.group) == groups.end()) groups.push_back(each.group);
        }
        Users users;
        users.accounts.reserve(accounts_.size());
        for (auto& [name, account] : accounts_) users.accounts.push_back(std::move(account));
        return users;
    }

private:
    std::optional<std::string> take_group(std::size_t number, std::string_view rest) {
        const std::size_t colon = rest.find(':');
        const std::string_view group = rest.substr(0, colon);
        if (colon == std::string_view::npos || !is_user_name(group)) return "a group is groups:NAME:MEMBER MEMBER";
        std::string_view members = rest.substr(colon + 1);
        for (std::string_view member = take_word(members); !member.empty(); member = take_word(members)) {
            if (!is_user_name(member)) return "a member of the group " + std::string(group) + " is no name of a user";
            memberships_.push_back({number, std::string(group), std::string(member)});
        }
        return std::nullopt;
    }

    static std::optional<std::string> take_token(Account& account, std::string_view digest) {
        std::string lower(digest);
        std::ranges::transform(lower, lower.begin(), base::to_lower);
        const bool is_digest =
            lower.size() == kDigestDigits && std::ranges::all_of(lower, [](char c) { return base::hex_value(c) >= 0; });
        if (!is_digest) return "behind token: stand the 64 hexadecimal digits of its SHA-256; godwit token writes them";
        if (!has_tokens()) return "this build checks no tokens (libssl-dev), only passwords";
        account.token_digests.push_back(std::move(lower));
        return std::nullopt;
    }

    static std::optional<std::string> take_password(Account& account, std::string_view hash) {
        if (!account.password_hash.empty()) return "a second password of " + account.name;
        if (auto form = check_hash_form(hash); !form) return std::move(form.error());
        if (!has_password_hashes()) return "this build checks no passwords (libcrypt-dev), only tokens";
        account.password_hash = hash;
        return std::nullopt;
    }

    std::map<std::string, Account, std::less<>> accounts_;
    std::vector<Membership> memberships_;
};

}  // namespace

const Account* Users::find(std::string_view name) const {
    const auto found = std::ranges::lower_bound(accounts, name, std::less<>(), &Account::name);
    return found != accounts.end() && found->name == name ? &*found : nullptr;
}

const Account* Users::find_token(std::string_view digest) const {
    for (const Account& account : accounts) {
        if (std::ranges::find(account.token_digests, digest) != account.token_digests.end()) return &account;
    }
    return nullptr;
}

bool is_user_name(std::string_view name) {
    if (name.empty() || name == "-" || name.size() > kMaxNameBytes || name.front() == '@') return false;
    if (!base::is_valid_utf8(name)) return false;
    return std::ranges::all_of(name, [](char c) {
        return base::is_alpha(c) || base::is_digit(c) || std::string_view("._-@").find(c) != std::string_view::npos ||
               static_cast<unsigned char>(c) >= 0x80;
    });
}

std::expected<Users, UsersFault> parse_users(std::string_view text) {
    UsersParser parser;
    for (std::size_t number = 1; !text.empty(); ++number) {
        std::string_view line = base::take_line(text);
        if (line.ends_with('\r')) line.remove_suffix(1);
        while (!line.empty() && base::is_blank(line.back())) line.remove_suffix(1);
        if (line.empty() || line.front() == '#') continue;
        if (auto fault = parser.take_line(number, line)) return std::unexpected(UsersFault{number, std::move(*fault)});
    }
    return std::move(parser).finish();
}

}  // namespace access_control
