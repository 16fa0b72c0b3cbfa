// The values of --header, --cache-control, --error-page, --cors and --allowed-host, read strictly. The error of each is
// the beginning of a sentence that says what is wrong. Pure. Called by site_options.
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "files/cache_rules.h"
#include "files/representation_builder.h"
#include "media/media_type.h"
#include "site/site_rules.h"

namespace app {

/// The most values of one option: each is looked at for every answer, or every opened file.
inline constexpr std::size_t kMaxRules = 64;
/// The most bytes of one configured field: all fields together stay below the limit of common clients for a head.
inline constexpr std::size_t kMaxFieldValueBytes = 4096;

/// "Name: value" or "/prefix/ Name: value". The name is a token that is none of the server's own fields, the value is
/// one of RFC 9110 §5.5.
[[nodiscard]] std::expected<site::HeaderRule, std::string> parse_header_rule(std::string_view text);

/// "CHARSET" or "/prefix/ CHARSET"; a charset is a token (RFC 9110 §8.3.2).
[[nodiscard]] std::expected<files::CharsetRule, std::string> parse_charset_rule(std::string_view text);
/// "js.gz, wasm.br": the extension of what the file holds, and gz, br or zst.
[[nodiscard]] std::expected<std::vector<media::CodedName>, std::string> parse_coded_names(std::string_view text);

/// "PATTERN=VALUE"; VALUE is a list of directives (RFC 9111 §5.2).
[[nodiscard]] std::expected<files::CacheRule, std::string> parse_cache_rule(std::string_view text);

/// "CODE=FILE"; CODE is a 4xx or 5xx that godwit sends, FILE a path below the root that may be served.
[[nodiscard]] std::expected<site::ErrorPage, std::string> parse_error_page(std::string_view text);

/// An origin as a browser sends it (RFC 6454 §6.2): http or https, a host in lower case, a port only when it is not the
/// usual one.
[[nodiscard]] std::expected<std::string, std::string> parse_origin(std::string_view text);

/// A host name or an IP address, without a port. In lower case, an IPv6 address in brackets, as Host has it.
[[nodiscard]] std::expected<std::string, std::string> parse_host_name(std::string_view text);

}  // namespace app
