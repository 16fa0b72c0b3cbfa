// Parsing of lines, and the longest path of whole segments.
#include "access_control/grants.h"

#include <algorithm>
#include <array>
#include <functional>

#include "access_control/users_file.h"
#include "base/ascii.h"
#include "storage/sidecar_name.h"

namespace access_control {
namespace {

using handler::Right;
using handler::Rights;

struct RightName {
    std::string_view name;
    Right right;
};
constexpr auto kRightNames = std::to_array<RightName>({{"read", Right::read},
                                                       {"list", Right::list},
                                                       {"create", Right::create},
                                                       {"replace", Right::replace},
                                                       {"delete", Right::remove},
                                                       {"share", Right::share}});

std::vector<std::string_view> split_words(std::string_view line) {
    std::vector<std::string_view> words;
    while (true) {
        line = base::trim_blanks(line);
        if (line.empty()) return words;
        const std::size_t end = std::min(line.find_first_of(" \t"), line.size());
        words.push_back(line.substr(0, end));
        line.remove_prefix(end);
    }
}

/// Without a slash at its end, unless it is the root.
std::string_view without_slash(std::string_view path) {
    while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
    return path;
}

/// The path that holds `path`, which has no slash at its end; empty: none does.
std::string_view path_above(std::string_view path) {
    if (path.size() <= 1) return {};
    const std::size_t slash = path.rfind('/');
    return path.substr(0, slash == std::string_view::npos ? 0 : std::max<std::size_t>(slash, 1));
}

bool take_who(std::string_view word, Grant& grant) {
    if (word == "*" || word == "+") {
        grant.who = word == "*" ? Grant::Who::anyone : Grant::Who::signed_in;
        return true;
    }
    grant.who = word.starts_with('@') ? Grant::Who::group : Grant::Who::user;
    grant.name = word.substr(grant.who == Grant::Who::group ? 1 : 0);
    return is_user_name(grant.name);
}

bool take_right(std::string_view word, Rights& rights) {
    if (word == "write") {
        rights.add(Right::create);
        rights.add(Right::replace);
        return true;
    }
    const auto* const found = std::ranges::find(kRightNames, word, &RightName::name);
    if (found == kRightNames.end()) return false;
    rights.add(found->right);
    return true;
}

}  // namespace

bool is_plain_path(std::string_view path) {
    if (!path.starts_with('/') || std::ranges::any_of(path, base::is_control)) return false;
    if (path == "/") return true;
    path = path.substr(1);
    if (path.ends_with('/')) path.remove_suffix(1);
    while (true) {
        const std::size_t end = std::min(path.find('/'), path.size());
        const std::string_view segment = path.substr(0, end);
        if (segment.empty() || segment == "." || segment == "..") return false;
        if (end == path.size()) return true;
        path.remove_prefix(end + 1);
    }
}

bool Grant::applies_to(const http::User* user) const {
    switch (who) {
        case Who::anyone: return true;
        case Who::signed_in: return user != nullptr;
        case Who::group: return user != nullptr && std::ranges::find(user->groups, name) != user->groups.end();
        case Who::user: return user != nullptr && user->name == name;
    }
    return false;
}

std::string Grant::text() const {
    std::string line = path;
    switch (who) {
        case Who::anyone: line += " *"; break;
        case Who::signed_in: line += " +"; break;
        case Who::group: line += " @" + name; break;
        case Who::user: line += " " + name; break;
    }
    return line + " " + rights_text(rights);
}

std::string rights_text(Rights rights) {
    std::string text;
    for (const auto& [name, right] : kRightNames) {
        if (rights.has(right)) (text += text.empty() ? "" : " ") += name;
    }
    return text.empty() ? "none" : text;
}

std::expected<Grant, std::string> parse_grant(std::string_view line) {
    const std::vector<std::string_view> words = split_words(line);
    if (words.size() < 3) return std::unexpected("a grant is a path, who, and rights");
    Grant grant;
    if (!is_plain_path(words[0])) {
        return std::unexpected("the path begins with / and has no empty, . or .. segments");
    }
    grant.path = without_slash(words[0]);
    if (!take_who(words[1], grant)) {
        return std::unexpected("who is the name of a user, @ and that of a group, + (who signed in) or * (anyone)");
    }
    if (words.size() == 3 && words[2] == "none") return grant;
    for (std::size_t i = 2; i < words.size(); ++i) {
        if (!take_right(words[i], grant.rights)) {
            return std::unexpected(
                "the rights are read, list, create, replace, delete, share, write (create and replace), or "
                "none alone");
        }
    }
    return grant;
}

Grants::Grants(std::vector<Grant> grants, std::vector<std::string> prompts) : prompts_(std::move(prompts)) {
    std::ranges::sort(prompts_);
    lines_.reserve(grants.size());
    // Those of one path stay in the order in which they were given.
    for (Grant& grant : grants) {
        const auto behind = std::ranges::upper_bound(lines_, grant.path, std::less<>(), &Grant::path);
        lines_.insert(behind, std::move(grant));
    }
}

Grants::Range Grants::find(std::string_view path) const {
    path = without_slash(path);
    while (true) {
        const auto found = std::ranges::equal_range(lines_, path, std::less<>(), &Grant::path);
        if (!found.empty() || path.size() <= 1) {
            return {static_cast<std::size_t>(found.begin() - lines_.begin()),
                    static_cast<std::size_t>(found.end() - lines_.begin())};
        }
        path = path_above(path);
    }
}

/// A name may have a thousand suffixes and stand below a thousand directories, which are those of each file that it is
/// a form of: they are walked through once.
template <typename Take>
void Grants::for_each_file(std::string_view path, Take take) const {
    bool has_own_lines = true;
    for (auto file = storage::find_file_of_sidecar(path); !file.empty(); file = storage::find_file_of_sidecar(file)) {
        const auto own = std::ranges::equal_range(lines_, file, std::less<>(), &Grant::path);
        if (own.empty()) {
            has_own_lines = false;
            continue;
        }
        take({static_cast<std::size_t>(own.begin() - lines_.begin()),
              static_cast<std::size_t>(own.end() - lines_.begin())});
    }
    if (!has_own_lines) take(find(path_above(path)));
}

std::string_view Grants::prompt_of(std::string_view path) const {
    if (prompts_.empty()) return {};
    const auto prompt_at = [&](std::string_view each) {
        const auto found = std::ranges::lower_bound(prompts_, each);
        return found != prompts_.end() && *found == each ? std::string_view(*found) : std::string_view();
    };
    for (std::string_view each = without_slash(path); !each.empty(); each = path_above(each)) {
        if (const std::string_view found = prompt_at(each); !found.empty()) return found;
    }
    // What is above the file that this is a form of was looked at.
    for (auto file = storage::find_file_of_sidecar(path); !file.empty(); file = storage::find_file_of_sidecar(file)) {
        if (const std::string_view found = prompt_at(file); !found.empty()) return found;
    }
    return {};
}

/// Nobody without an account makes links, because later it could not be checked whether the maker still may.
Rights Grants::rights_of(const Range& range, const http::User* user) const {
    Rights rights;
    for (std::size_t i = range.first; i < range.end; ++i) {
        if (lines_[i].applies_to(user)) rights.add(lines_[i].rights);
    }
    if (user == nullptr || !user->has_account) rights.remove(Right::share);
    return rights;
}

/// What both allow: the lines about `path`, and for a sidecar those about the file that it is a form of.
Rights Grants::rights_by_lines(std::string_view path, const http::User* user) const {
    Rights rights = rights_of(find(path), user);
    for_each_file(path, [&](const Range& range) { rights.keep_only(rights_of(range, user)); });
    return rights;
}

Rights Grants::rights_at(std::string_view path, const handler::Client& client) const {
    const bool is_unknown = client.user == nullptr && !client.is_preflight;
    Rights rights;
    if (!is_unknown || !asks_to_sign_in_at(path)) rights = rights_by_lines(path, client.user.get());
    if (client.shared == nullptr) return rights;
    const Rights given = rights_by_link(path, *client.shared);
    if (client.shared->gives == http::LinkGives::reading) {
        rights.add(given);
        return rights;
    }
    // With other rights beside it this would be no drop box: names that are taken would be told.
    return rights.has(Right::create) || given == Rights() ? rights : given;
}

/// A maker who may not share the folder any more shares nothing in it by this link, whatever other lines say below.
Rights Grants::rights_by_link(std::string_view path, const http::SharedPath& shared) const {
    if (!handler::is_covered(path, shared)) return {};
    const bool is_for_reading = shared.gives == http::LinkGives::reading;
    const auto given_at = [&](std::string_view place) {
        Rights rights = rights_by_lines(place, shared.maker.get());
        if (!rights.has(Right::share)) return Rights();
        rights.keep_only(is_for_reading ? Rights(Right::read, Right::list) : Rights(Right::create));
        return rights;
    };
    const Rights given = given_at(shared.path);
    // Where an upload is going is looked at when its file gets its name.
    return given == Rights() || path == shared.upload ? given : given_at(path);
}

std::string_view Grants::place_of(std::string_view path) const {
    const Range range = find(path);
    return range.first == range.end ? std::string_view() : std::string_view(lines_[range.first].path);
}

bool Grants::is_same_for_all(std::string_view path) const {
    if (asks_to_sign_in_at(path)) return false;
    const auto are_same = [&](const Range& range) {
        return std::all_of(
            lines_.begin() + static_cast<std::ptrdiff_t>(range.first),
            lines_.begin() + static_cast<std::ptrdiff_t>(range.end),
            // A line for anyone gives the right to share only to those who signed in.
            [](const Grant& line) { return line.who == Grant::Who::anyone && !line.rights.has(Right::share); });
    };
    bool is_same = are_same(find(path));
    for_each_file(path, [&](const Range& range) { is_same = is_same && are_same(range); });
    return is_same;
}

bool Grants::has_places_below(std::string_view directory) const {
    std::string prefix(without_slash(directory));
    if (prefix != "/") prefix += '/';
    const auto is_below = [&](std::string_view path) {
        return path.size() > prefix.size() && path.starts_with(prefix);
    };
    return std::ranges::any_of(lines_, is_below, &Grant::path) || std::ranges::any_of(prompts_, is_below);
}

bool Grants::allows_somewhere(Right right) const {
    return std::ranges::any_of(lines_, [&](const Grant& line) { return line.rights.has(right); });
}

std::string Grants::lines_text(const http::User* user, std::string_view path) const {
    const std::string_view prompt = user == nullptr ? prompt_of(path) : std::string_view();
    if (!prompt.empty()) return "  nothing without signing in, by --auth-prompt " + std::string(prompt) + "\n";
    const Range range = find(path);
    std::string lines;
    for (std::size_t i = range.first; i < range.end; ++i) {
        lines += (lines_[i].applies_to(user) ? "  by     " : "  not by ") + lines_[i].text() + "\n";
    }
    if (lines.empty()) lines = "  no line is about this path\n";
    const std::string_view file = storage::find_file_of_sidecar(path);
    if (file.empty() || find(file).first == range.first) return lines;
    return lines.append("  and, as it is a form of ").append(file).append(",\n").append(lines_text(user, file));
}

}  // namespace access_control
