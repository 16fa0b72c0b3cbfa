// Whether an answer depends on who asked is read from the grants alone, so no answer counts as public just because a
// guest got it.
#include "site/sign_in_answers.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/ascii.h"
#include "handler/error_page.h"
#include "site/badge_cookie.h"
#include "site/cross_site.h"
#include "site/return_path.h"
#include "site/sign_in_page.h"

namespace site {
namespace {

using handler::Resource;
using http::Status;

/// Browsers ask for a name and a password at the first one that they know.
constexpr std::string_view kBasic = R"(Basic realm="godwit", charset="UTF-8")";
constexpr std::string_view kBearer = R"(Bearer realm="godwit")";

bool has_rights_of_its_own(const Resource& resource) {
    return resource.is_below_root() || resource.kind == Resource::Kind::records ||
           resource.kind == Resource::Kind::record || resource.kind == Resource::Kind::upload;
}

bool is_prompted(const Resource& resource, const SiteConfig& config) {
    return has_rights_of_its_own(resource) && config.asks_to_sign_in_at(resource.path);
}

/// True when another client could get another answer about `resource`.
bool depends_on_user(const Resource& resource, const SiteConfig& config) {
    if (config.grants == nullptr || !has_rights_of_its_own(resource)) return false;
    if (resource.kind == Resource::Kind::upload) return true;  // it is its maker's
    if (!config.grants->is_same_for_all(resource.path)) return true;
    // A listing leaves out what its reader may not know of.
    const bool is_listing = resource.kind == Resource::Kind::directory || resource.kind == Resource::Kind::root;
    return is_listing && config.grants->has_places_below(resource.path);
}

/// True for an answer with a page of --clean-urls or --spa, which stands at another path, that not everybody gets.
bool is_of_restricted_file(const http::Response& response, const SiteConfig& config) {
    const std::string_view path = response.prepared.path;
    return config.grants != nullptr && !path.empty() && !config.grants->is_same_for_all(path);
}

/// The reason of a refusal, and a remedy behind it.
std::string with_remedy(const http::Response& refused, std::string_view remedy) {
    std::string text(refused.reason);
    while (text.ends_with('.')) text.pop_back();
    if (!text.empty()) text += "; ";
    return text.append(remedy);
}

/// How a client is asked: browsers that show a page, browsers that ask for a script of one, and programs. A browser
/// that remembers a password by Basic has to be asked for another one by Basic.
enum class Asked : std::uint8_t { by_page, by_text, by_challenge };

Asked find_asked(const http::Request& request, const SiteConfig& config) {
    const bool has_field = request.fields.has(http::FieldName::authorization);
    if (!config.has_sign_in_page || has_field || !is_of_browser(request)) return Asked::by_challenge;
    return is_navigation(request) ? Asked::by_page : Asked::by_text;
}

std::string_view remedy_of(Asked asked) {
    switch (asked) {
        case Asked::by_page: return "sign in to go on.";
        case Asked::by_text: return "sign in again (the page has a button for it), then try again.";
        case Asked::by_challenge: break;
    }
    return "signing in may help: with a name and a password (Basic), or with a token (Bearer).";
}

/// True where `response` refuses a right that another user may have.
bool may_others(const Resource& resource, const SiteConfig& config, const http::Response& response) {
    switch (response.missing) {
        case http::MissingRight::none: return false;
        case http::MissingRight::at_path: return depends_on_user(resource, config);
        case http::MissingRight::of_others: return true;
    }
    return false;
}

void tell_user(const http::Request& request, const SiteConfig& config, http::Response& response) {
    const std::string_view reason = response.reason;
    const std::string sentence = with_remedy(
        response, request.user->name + " has no right to it: sign in as somebody who has, or ask for the right.");
    const std::string back = return_path_of(request);
    response = config.has_sign_in_page && is_navigation(request)
                   ? sign_in_page(request, {Status::forbidden, sentence, back})
                   : handler::error_response(&request, Status::forbidden, sentence);
    response.is_personal = true;
    response.reason = reason;
}

/// Nothing in HTTP asks for a certificate: the handshake did, so the status stays.
void tell_of_certificates(const http::Request& request, http::Response& response) {
    const std::string_view reason = response.reason;
    const std::string sentence =
        with_remedy(response, "a client certificate that names somebody who has the right would help.");
    response = handler::error_response(&request, Status::forbidden, sentence);
    response.is_personal = true;
    response.reason = reason;
}

/// The directives of `value` without those that `private` contradicts.
void add_directives(std::string& out, std::string_view value) {
    while (!value.empty()) {
        const std::size_t end = std::min(value.find(','), value.size());
        const std::string_view each = base::trim_blanks(value.substr(0, end));
        value.remove_prefix(std::min(end + 1, value.size()));
        const bool is_for_shared = base::equals_ignoring_case(each, "public") || each.starts_with("s-maxage") ||
                                   base::equals_ignoring_case(each, "private");
        if (!each.empty() && !is_for_shared) out.append(", ").append(each);
    }
}

}  // namespace

bool must_sign_in(const http::Request& request, const Resource& resource, const SiteConfig& config) {
    if (request.user != nullptr || !is_prompted(resource, config) || is_preflight(request)) return false;
    // A link needs no user: its maker had signed in.
    return !config.is_given_by_link(resource.path, handler::Client::of(request));
}

void ask_to_sign_in(const http::Request& request, const Resource& resource, const SiteConfig& config,
                    http::Response& response) {
    const Asked asked = find_asked(request, config);
    const bool may_help = may_others(resource, config, response);
    if (may_help && request.user != nullptr) return tell_user(request, config, response);
    if (config.only_certificates) {
        if (may_help) tell_of_certificates(request, response);
        return;
    }
    // The page itself answers 401 to a wrong password.
    const bool becomes_page = asked == Asked::by_page && !response.is_personal;
    if (may_help || (becomes_page && response.status == Status::unauthorized)) {
        const std::string_view reason = response.reason;
        const std::string sentence = may_help ? with_remedy(response, remedy_of(asked)) : std::string(remedy_of(asked));
        const std::string back = return_path_of(request);
        response = becomes_page ? sign_in_page(request, {Status::unauthorized, sentence, back})
                                : handler::error_response(&request, Status::unauthorized, sentence);
        response.reason = reason;
    }
    if (response.status != Status::unauthorized) return;
    if (asked == Asked::by_challenge) response.add("WWW-Authenticate", kBasic);
    response.add("WWW-Authenticate", kBearer);
}

void keep_private(const http::Request& request, const Resource& resource, const SiteConfig& config,
                  http::Response& response) {
    const bool asks = response.status == Status::unauthorized;
    const bool shows_link = request.shown_link != http::ShownLink::none;
    if (!asks && !response.is_personal && !shows_link && !depends_on_user(resource, config) &&
        !is_of_restricted_file(response, config)) {
        return;
    }
    std::string directives = "private";
    http::FieldList fields;
    const auto take = [&](const http::FieldView& field) {
        if (base::equals_ignoring_case(field.name, "Cache-Control")) {
            add_directives(directives, field.value);
        } else {
            fields.add(field.name, field.value);
        }
    };
    // The prepared fields are shared with answers to others, so they are copied.
    for (const http::FieldView field : response.prepared.fields) take(field);
    for (const http::FieldView field : response.fields) take(field);
    response.prepared = {};
    response.fields = std::move(fields);
    response.add("Cache-Control", directives);
    // No field tells one client's certificate from another's; what it is for is private to it.
    const bool counts_cookies = config.has_sign_in_page || config.allow_share;
    if (!config.only_certificates) response.add("Vary", counts_cookies ? "Authorization, Cookie" : "Authorization");
    if (request.signed_in_by == http::SignedInBy::dead_badge && !response.find("Set-Cookie")) {
        response.add("Set-Cookie", badge_cookie(request, {}, 0));
    }
}

}  // namespace site
