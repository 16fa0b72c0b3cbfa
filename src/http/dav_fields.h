// The request fields of RFC 4918 that MOVE, COPY and DELETE follow: Destination, Overwrite, Depth. What is ambiguous is
// refused, because a name that is understood in two ways is written where nobody wanted it. Called by site/destinations
// and uploads. Pure.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "http/framing.h"
#include "http/request.h"

namespace http {

/// What Destination names (RFC 4918 §10.3): a path of this server, or a URI with one.
struct Destination {
    std::string path;            ///< decoded, as Target::path
    std::string_view authority;  ///< of an absolute URI; a slice of the request's text. Empty for a path alone.
    bool is_https = false;       ///< as the URI says
};

/// 400 when the field is missing, repeated, no path and no http URI, or when it holds a query, a fragment, user
/// information, an empty or dot segment, or an escaped slash or NUL. Nothing is normalised.
[[nodiscard]] std::expected<Destination, Refusal> parse_destination(const Request& request);

/// The same for what stands elsewhere, whose slices the result has.
[[nodiscard]] std::expected<Destination, Refusal> parse_address(std::string_view text);

/// RFC 4918 §10.6.
enum class Overwrite : std::uint8_t {
    unstated,  ///< there is no such field; the RFC means `allowed`
    allowed,
    refused,
};
/// 400 for a value other than T and F.
[[nodiscard]] std::expected<Overwrite, Refusal> parse_overwrite(const Request& request);

/// RFC 4918 §10.2.
enum class Depth : std::uint8_t { unstated, zero, one, infinity };
/// `unstated` without the field; 400 for a value other than 0, 1 and infinity.
[[nodiscard]] std::expected<Depth, Refusal> parse_depth(const Request& request);

}  // namespace http
