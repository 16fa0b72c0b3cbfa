// A maker's own share links: GET /.godwit/shares lists them, as a page or as JSON; POST of its form and DELETE of
// /.godwit/shares/ID revoke one. Called by the router where somebody may make links.
#pragma once

#include <string_view>

#include "handler/handler.h"
#include "listings/page_assets.h"
#include "site/share_parts.h"

namespace site {

inline constexpr std::string_view kSharesPath = listings::kSharesPagePath;

class ShareList final : public handler::Handler {
public:
    /// What the references refer to outlives this and every answer.
    explicit ShareList(const ShareParts& parts) : parts_(parts) {}

    /// True for the list and for what may be one link in it.
    [[nodiscard]] static bool owns(std::string_view path) {
        return path.starts_with(kSharesPath) && (path.size() == kSharesPath.size() || path[kSharesPath.size()] == '/');
    }

    /// The path is one that this owns; the method is GET, HEAD, POST or DELETE. 401 for a client that did not sign in;
    /// 404 for a link of somebody else, as for one that does not exist.
    handler::Decision handle(const http::Request& request) override;

private:
    ShareParts parts_;
};

}  // namespace site
