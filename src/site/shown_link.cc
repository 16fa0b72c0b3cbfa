// A token is looked for in two places; the disk is asked only about what has the form of one.
#include "site/shown_link.h"

#include <algorithm>
#include <utility>

#include "handler/rights.h"
#include "http/cookie.h"
#include "site/badge_cookie.h"
#include "site/cross_site.h"
#include "site/https_redirect.h"

namespace site {
namespace {

using access_control::ShareLink;
using access_control::ShareStore;
using http::LinkGives;
using http::ShownLink;
using Kind = ShareStore::Found::Kind;

constexpr std::size_t kMostCookies = 4;
constexpr std::string_view kParameter = "share=";

/// True for a token, and for one that was cut or has grown on its way, by a mail program for example. An application's
/// own parameter of that name hardly looks like this.
bool begins_with_id(std::string_view value) {
    return access_control::is_share_id(value.substr(0, access_control::kShareIdDigits));
}

/// True for a range that does not begin with the first byte, such as that of a client that goes on with a download.
bool wants_later_part(const http::Request& request) {
    constexpr std::string_view kUnit = "bytes=";
    if (request.method != http::Method::get) return false;
    const std::string_view range = request.find(http::FieldName::range).value_or("");
    return range.starts_with(kUnit) && range.size() > kUnit.size() && range[kUnit.size()] != '0';
}

http::SharedPath::Uses uses_of(const ShareLink& link, std::int64_t now_s) {
    using Uses = http::SharedPath::Uses;
    if (link.limit == 0) return Uses::unlimited;
    return link.uses > 0 && now_s - link.used_s < kResumingS ? Uses::resumed : Uses::counted;
}

KnownLink known_link(ShareLink link, std::string_view token, std::int64_t now_s) {
    const auto uses = uses_of(link, now_s);
    return {std::move(link.maker),
            {.id = std::move(link.id),
             .path = std::move(link.path),
             .maker = nullptr,
             .ends_s = link.ends_s,
             .uses = uses,
             .gives = link.gives,
             .token = std::string(token),
             .maker_stamp = std::move(link.stamp)}};
}

/// nullopt: it is over for this request.
std::optional<KnownLink> settle(const http::Request& request, ShareLink link, std::string_view token,
                                std::int64_t now_s) {
    const bool goes_on = uses_of(link, now_s) == http::SharedPath::Uses::resumed && wants_later_part(request);
    if (link.is_over_at(now_s) || (link.is_used_up() && !goes_on)) return std::nullopt;
    return known_link(std::move(link), token, now_s);
}

/// What another page makes a browser send changes nothing by a link.
bool is_foreign(const http::Request& request) {
    return !http::is_safe(request.method) && find_foreign_fault(request).has_value();
}

/// Of the right token. What a link is not for is answered as without one.
bool is_for(const http::Request& request, LinkGives gives) {
    return http::is_safe(request.method) || gives == LinkGives::dropping;
}

std::optional<KnownLink> look_up_query(http::Request& request, std::string_view token, const ShareStore& store,
                                       std::int64_t now_s) {
    if (!access_control::is_share_token(token)) {
        request.shown_link = ShownLink::unknown;
        return std::nullopt;
    }
    auto found = store.find(token);
    request.shown_link = found.kind == Kind::failed ? ShownLink::unread : ShownLink::unknown;
    if (found.kind != Kind::known) return std::nullopt;
    request.shown_link = ShownLink::none;
    if (!is_for(request, found.link.gives)) return std::nullopt;
    auto known = settle(request, std::move(found.link), token, now_s);
    request.shown_link = known ? ShownLink::by_query : ShownLink::over;
    return known;
}

}  // namespace

std::string_view find_query_token(const http::Request& request) {
    if (!request.target.has_query) return {};
    std::string_view query = request.query();
    while (!query.empty()) {
        const std::string_view each = query.substr(0, query.find('&'));
        if (each.starts_with(kParameter) && begins_with_id(each.substr(kParameter.size()))) {
            return each.substr(kParameter.size());
        }
        query.remove_prefix(std::min(each.size() + 1, query.size()));
    }
    return {};
}

/// The prefix "__Host-" would demand the path "/", so it is replaced.
std::string share_cookie_name(const http::Request& request) {
    constexpr std::string_view kHostPrefix = "__Host-";
    std::string name = badge_cookie_name(request);
    if (name.starts_with(kHostPrefix)) name.replace(0, kHostPrefix.size(), "__Secure-");
    return name.append("-share");
}

std::vector<std::string_view> find_cookie_tokens(const http::Request& request) {
    const auto field = request.find(http::FieldName::cookie);
    if (!field) return {};
    std::vector<std::string_view> tokens = http::find_cookies(*field, share_cookie_name(request), kMostCookies);
    std::erase_if(tokens, [](std::string_view each) { return !access_control::is_share_token(each); });
    return tokens;
}

std::optional<KnownLink> look_up_link(http::Request& request, std::string_view path, const ShareStore& store,
                                      std::int64_t now_s) {
    if (is_foreign(request)) return std::nullopt;
    if (const std::string_view token = find_query_token(request); !token.empty()) {
        return look_up_query(request, token, store, now_s);
    }
    for (const std::string_view token : find_cookie_tokens(request)) {
        auto found = store.find(token);
        if (found.kind == Kind::failed) request.shown_link = ShownLink::unread_cookie;
        if (found.kind != Kind::known || !is_for(request, found.link.gives)) continue;
        auto known = settle(request, std::move(found.link), token, now_s);
        if (!known || !handler::is_covered(path, known->shared)) continue;
        // Files in the folder that its visitor may read are not hidden by a link for dropping.
        const bool is_page = path == known->shared.path;
        if (known->shared.gives == LinkGives::dropping && http::is_safe(request.method) && !is_page) continue;
        request.shown_link = ShownLink::by_cookie;
        return known;
    }
    return std::nullopt;
}

std::optional<KnownLink> look_up_link_of_upload(http::Request& request, std::string_view path, std::string_view token,
                                                const ShareStore& store, std::int64_t now_s) {
    if (is_foreign(request)) return std::nullopt;
    auto found = store.find(token);
    request.shown_link = found.kind == Kind::failed ? ShownLink::unread : ShownLink::over;
    // One that is used up tells what became of the uploads that it began; none of them is stored any more.
    if (found.kind != Kind::known || found.link.is_over_at(now_s)) return std::nullopt;
    KnownLink known = known_link(std::move(found.link), token, now_s);
    request.shown_link = ShownLink::by_upload;
    known.shared.upload = path;
    return known;
}

void hide_link_from_pages(const http::Request& request, http::Response& response) {
    if (request.shown_link == ShownLink::none) return;
    if (response.find("Referrer-Policy")) return;
    const bool is_for_dropping = request.shared != nullptr && request.shared->gives == LinkGives::dropping;
    response.add("Referrer-Policy", is_for_dropping ? "same-origin" : "no-referrer");
}

void add_link_cookie(const http::Request& request, std::int64_t now_s, http::Response& response) {
    const bool is_of_folder = request.shared != nullptr && request.shared->path.ends_with('/') &&
                              request.path().ends_with('/') && response.status == http::Status::ok;
    if (request.shown_link != ShownLink::by_query || !is_of_folder || request.shared->ends_s <= now_s) return;
    // Without Path a browser takes the folder of the address that it asked for.
    std::string cookie = share_cookie_name(request).append("=").append(find_query_token(request));
    cookie.append("; Max-Age=").append(std::to_string(request.shared->ends_s - now_s));
    const bool is_for_dropping = request.shared->gives == LinkGives::dropping;
    cookie.append("; HttpOnly; SameSite=").append(is_for_dropping ? "Strict" : "Lax");
    if (is_secured(request)) cookie.append("; Secure");
    response.add("Set-Cookie", cookie);
}

}  // namespace site
