// Makes share links: "POST PATH?share", by a program or by the form of a page. Called by the router for clients that
// may share at PATH, and read there or, for a link by which files are added, create.
#pragma once

#include <string_view>

#include "handler/handler.h"
#include "handler/resource.h"
#include "handler/rights.h"
#include "site/share_parts.h"

namespace site {

/// Links of one maker, and of all; those that are over do not count. Making one reads them all.
inline constexpr std::size_t kMostSharesOfOneMaker = 100;
inline constexpr std::size_t kMostShares = 1'000;
/// How long a link that is over is still listed, in seconds; afterwards its token is one of an unknown link.
inline constexpr std::int64_t kKeepOverS = std::int64_t{7} * 86'400;

class ShareMaking {
public:
    /// What the references refer to outlives this and every answer.
    explicit ShareMaking(const ShareParts& parts) : parts_(parts) {}

    /// True for the query of a request that makes one.
    [[nodiscard]] static bool is_asked_by(std::string_view query) { return query == "share"; }

    /// The form's fields: `hours`, 1 to 8760, a week where it is empty; `uses`, 1 to 1000, without a limit where it is
    /// empty; and `for`, reading or dropping, reading where it is empty. 201 with the link in Location and in the
    /// content, once it is on the disk. 403 without the rights, and for what a page of another site sends; 404 where
    /// nothing is; 409 when there are too many.
    [[nodiscard]] handler::Decision make(const http::Request& request, const handler::Resource& resource,
                                         handler::Rights rights) const;

private:
    ShareParts parts_;
};

}  // namespace site
