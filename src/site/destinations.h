// Which path below the root the Destination of a MOVE or COPY names: on this server alone, and no built-in endpoint.
// Called by the router and by if_fields.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "http/dav_fields.h"
#include "http/request.h"
#include "site/resources.h"

namespace site {

struct FoundDestination {
    std::string path;      ///< decoded, below the root; may have a slash at its end
    std::string location;  ///< the same for the client, percent-encoded, where the files are for it below the prefix
};

/// 400 as http::parse_destination() says; 502 for another host or scheme than those of `request` (RFC 4918 §9.9.4),
/// since nothing is moved to other servers, and for a path that is not below `prefix` (--path-prefix, decoded; may be
/// empty), which is taken off; 403 for an address that is the server's own.
[[nodiscard]] std::expected<FoundDestination, http::Refusal> find_destination(const http::Request& request,
                                                                              const Resources& resources,
                                                                              std::string_view prefix);

/// The same for an address that another field of `request` has. Nobody sees the sentences of its refusals.
[[nodiscard]] std::expected<FoundDestination, http::Refusal> find_named(const http::Request& request,
                                                                        http::Destination sent,
                                                                        const Resources& resources,
                                                                        std::string_view prefix);

}  // namespace site
