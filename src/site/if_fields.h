// What the lists of an If field are about: paths of this server. Called by the router.
#pragma once

#include <expected>
#include <string_view>

#include "http/if_field.h"
#include "http/request.h"
#include "site/resources.h"

namespace site {

/// The field of `request`, which has it, with its paths. `path`: what the request is about, canonical. `prefix`:
/// --path-prefix, decoded; may be empty. An address that is not below the root, or on another host, is about nothing
/// here. 400 as http::parse_if() says.
[[nodiscard]] std::expected<http::IfField, http::Refusal> find_if_field(const http::Request& request,
                                                                        std::string_view path,
                                                                        const Resources& resources,
                                                                        std::string_view prefix);

}  // namespace site
