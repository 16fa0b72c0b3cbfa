// Compares the authority and the scheme of Destination with those that the client asked for.
#include "site/destinations.h"

#include <algorithm>
#include <climits>
#include <ranges>
#include <string_view>
#include <utility>

#include "base/ascii.h"
#include "http/dav_fields.h"
#include "http/target.h"
#include "site/allowed_hosts.h"
#include "site/https_redirect.h"
#include "site/path_prefix.h"

namespace site {
namespace {

using http::Refusal;
using http::Status;

constexpr Refusal kOtherHost{
    Status::bad_gateway,
    "Destination is on another host than this request, and nothing is moved or copied to other servers; "
    "send the path alone."};
constexpr Refusal kOtherScheme{
    Status::bad_gateway,
    "Destination has another scheme than this request came by; send the path alone. Behind a proxy that speaks TLS, "
    "--trusted-proxy tells godwit of it."};
constexpr Refusal kOtherSite{
    Status::bad_gateway, "Destination is not below the path of this site, and nothing is moved or copied out of it."};
constexpr Refusal kLongName{Status::bad_request,
                            "a name in Destination is longer than 255 bytes, the most that a name can have."};
constexpr Refusal kEndpoint{Status::forbidden, "Destination is an address of the server itself; choose another name."};

std::string_view without_port(std::string_view authority, std::string_view usual_port) {
    return authority.ends_with(usual_port) ? authority.substr(0, authority.size() - usual_port.size()) : authority;
}

bool has_long_name(std::string_view path) {
    return std::ranges::any_of(path | std::views::split('/'), [](auto name) { return name.size() > NAME_MAX; });
}

}  // namespace

std::expected<FoundDestination, Refusal> find_destination(const http::Request& request, const Resources& resources,
                                                          std::string_view prefix) {
    auto sent = http::parse_destination(request);
    if (!sent) return std::unexpected(sent.error());
    return find_named(request, std::move(*sent), resources, prefix);
}

std::expected<FoundDestination, Refusal> find_named(const http::Request& request, http::Destination sent,
                                                    const Resources& resources, std::string_view prefix) {
    if (!sent.authority.empty()) {
        const std::string_view port = sent.is_https ? ":443" : ":80";
        const std::string_view asked = asked_authority(request);
        if (!base::equals_ignoring_case(without_port(sent.authority, port), without_port(asked, port)))
            return std::unexpected(kOtherHost);
        if (sent.is_https != is_secured(request)) return std::unexpected(kOtherScheme);
    }
    if (!prefix.empty()) {
        if (match_prefix(prefix, sent.path) != PrefixMatch::below) return std::unexpected(kOtherSite);
        sent.path.erase(0, prefix.size());
    }
    const handler::Resource resource = resources.find(sent.path);
    if (!resource.is_below_root() || resource.kind == handler::Resource::Kind::files_prefix) {
        return std::unexpected(kEndpoint);
    }
    if (has_long_name(resource.path)) return std::unexpected(kLongName);
    return FoundDestination{std::string(resource.path), http::encode_path(sent.path)};
}

}  // namespace site
