// The first part says the kind. Names and passwords hold no NUL (credentials.cc), nor do names of groups.
#include "access_control/verifier_messages.h"

#include <climits>
#include <initializer_list>
#include <utility>
#include <vector>

#include "base/ascii.h"

namespace access_control {
namespace {

std::string join(std::initializer_list<std::string_view> parts) {
    std::string text;
    for (const std::string_view part : parts) text.append(part).push_back('\0');
    return text;
}

/// Empty when the text does not end with NUL.
std::vector<std::string_view> split(std::string_view text) {
    std::vector<std::string_view> parts;
    while (!text.empty()) {
        const std::size_t end = text.find('\0');
        if (end == std::string_view::npos) return {};
        parts.push_back(text.substr(0, end));
        text.remove_prefix(end + 1);
    }
    return parts;
}

std::string encode_answer(const Answer& answer) {
    const std::string ticket = std::to_string(answer.ticket);
    const Verdict& verdict = answer.verdict;
    if (verdict.kind == Verdict::Kind::right && verdict.user != nullptr) {
        std::string text = join({"right", ticket, verdict.user->stamp, verdict.user->name});
        for (const std::string& group : verdict.user->groups) text.append(group).push_back('\0');
        if (text.size() <= kMostMessageBytes) return text;
    }
    return join({verdict.kind == Verdict::Kind::wrong ? "wrong" : "failed", ticket});
}

std::string_view scheme_word(Credentials::Scheme scheme) {
    switch (scheme) {
        case Credentials::Scheme::basic: return "basic";
        case Credentials::Scheme::bearer: return "bearer";
        case Credentials::Scheme::badge: return "badge";
        case Credentials::Scheme::name_alone: return "name";
    }
    return {};
}

std::optional<Credentials::Scheme> find_scheme(std::string_view word) {
    using enum Credentials::Scheme;
    for (const auto scheme : {basic, bearer, badge, name_alone}) {
        if (scheme_word(scheme) == word) return scheme;
    }
    return std::nullopt;
}

std::optional<FromVerifier> decode_answer(const std::vector<std::string_view>& parts) {
    const auto ticket = base::parse_decimal(parts[1]);
    if (!ticket) return std::nullopt;
    if (parts[0] == "wrong" && parts.size() == 2) return Answer{*ticket, {Verdict::Kind::wrong, nullptr}};
    if (parts[0] == "failed" && parts.size() == 2) return Answer{*ticket, {}};
    if (parts[0] != "right" || parts.size() < 4) return std::nullopt;
    auto user = std::make_shared<http::User>();
    user->name = parts[3];
    user->groups.assign(parts.begin() + 4, parts.end());
    user->stamp = parts[2];
    return Answer{*ticket, {Verdict::Kind::right, std::move(user)}};
}

}  // namespace

std::string encode(const ToVerifier& message) {
    const auto* const question = std::get_if<Question>(&message);
    if (question == nullptr) return join({"look"});
    const Credentials& credentials = question->credentials;
    return join(
        {scheme_word(credentials.scheme), std::to_string(question->ticket), credentials.name, credentials.secret});
}

std::string encode(const FromVerifier& message) {
    if (const auto* const answer = std::get_if<Answer>(&message)) return encode_answer(*answer);
    if (const auto* const fault = std::get_if<UsersFaulty>(&message)) return join({"faulty", fault->sentence});
    if (const auto* const file = std::get_if<FileOpened>(&message)) {
        return join({"opened", std::to_string(file->number), std::to_string(file->error)});
    }
    if (std::holds_alternative<Looked>(message)) return join({"looked"});
    if (std::holds_alternative<Restarted>(message)) return join({"restarted"});
    return join({std::holds_alternative<KeeperReplaced>(message) ? "kept" : "replaced"});
}

std::optional<ToVerifier> decode_to_verifier(std::string_view text) {
    const std::vector<std::string_view> parts = split(text);
    if (parts.size() == 1 && parts[0] == "look") return LookAgain{};
    if (parts.size() != 4) return std::nullopt;
    const auto scheme = find_scheme(parts[0]);
    const auto ticket = base::parse_decimal(parts[1]);
    if (!scheme || !ticket) return std::nullopt;
    return Question{*ticket, {*scheme, std::string(parts[2]), std::string(parts[3])}};
}

std::optional<FromVerifier> decode_from_verifier(std::string_view text) {
    const std::vector<std::string_view> parts = split(text);
    if (parts.size() == 1 && parts[0] == "replaced") return UsersReplaced{};
    if (parts.size() == 1 && parts[0] == "looked") return Looked{};
    if (parts.size() == 1 && parts[0] == "restarted") return Restarted{};
    if (parts.size() == 1 && parts[0] == "kept") return KeeperReplaced{};
    if (parts.size() < 2) return std::nullopt;
    if (parts.size() == 2 && parts[0] == "faulty") return UsersFaulty{std::string(parts[1])};
    if (parts.size() == 3 && parts[0] == "opened") {
        const auto number = base::parse_decimal(parts[1]);
        const auto error = base::parse_decimal(parts[2]);
        if (!number || !error || *error > INT_MAX) return std::nullopt;
        return FileOpened{static_cast<std::size_t>(*number), static_cast<int>(*error)};
    }
    return decode_answer(parts);
}

}  // namespace access_control
