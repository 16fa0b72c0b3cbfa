// The share link that a request shows: where it stands, what it is worth, and what its answer says besides. Called by
// site and ruled_site.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access_control/share_store.h"
#include "http/request.h"
#include "http/response.h"

namespace site {

/// For how long a download that was cut may go on without being another use, in seconds.
inline constexpr std::int64_t kResumingS = 86'400;

/// The token in the query, "share=TOKEN", whole or not: it begins with the id of a link. Empty when it has none, or
/// something else of that name.
[[nodiscard]] std::string_view find_query_token(const http::Request& request);
/// The name of the cookie: "__Secure-godwit-8443-share" over https, otherwise without its beginning.
[[nodiscard]] std::string share_cookie_name(const http::Request& request);
/// The tokens in cookies, those of the nearest folder first; a few at most.
[[nodiscard]] std::vector<std::string_view> find_cookie_tokens(const http::Request& request);

/// A link that counts, if there still is a user of its maker's name.
struct KnownLink {
    std::string maker;
    http::SharedPath shared;
};
/// Sets `request.shown_link`. A token in the query has to be right; of those in cookies the first counts that is right
/// and covers `path`, the canonical path of the request. A link for reading gives nothing to a request that changes
/// something, and no link does when a page of another site sent such a request. To a request that changes nothing a
/// link for dropping gives the page at its own path. nullopt: nothing is given by a link.
[[nodiscard]] std::optional<KnownLink> look_up_link(http::Request& request, std::string_view path,
                                                    const access_control::ShareStore& store, std::int64_t now_s);
/// The same for a resumable upload at `path` that was begun by the link of `token`.
[[nodiscard]] std::optional<KnownLink> look_up_link_of_upload(http::Request& request, std::string_view path,
                                                              std::string_view token,
                                                              const access_control::ShareStore& store,
                                                              std::int64_t now_s);

/// Adds Referrer-Policy, so that a page whose address has the token of a link tells no other site its address. A page
/// with a form for dropping tells this server, because browsers do not say where a form comes from otherwise.
void hide_link_from_pages(const http::Request& request, http::Response& response);
/// The answer for a folder gives the browser the cookie for that folder. Only where the link gives something: a cookie
/// of another folder would send the token to whatever is there.
void add_link_cookie(const http::Request& request, std::int64_t now_s, http::Response& response);

}  // namespace site
