// Destination is parsed like a request-target, and then held to more.
#include "http/dav_fields.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"

namespace http {
namespace {

Refusal bad(std::string_view reason) { return {Status::bad_request, reason}; }

std::string_view fault_text(TargetError error) {
    switch (error) {
        case TargetError::bad_byte:
            return "Destination holds a space, a # or a control byte; percent-encode it, and leave a fragment out.";
        case TargetError::bad_escape:
            return "a % in Destination is not followed by two hexadecimal digits; a lone % is written %25.";
        case TargetError::escaped_nul: return "Destination holds %00, and no name can.";
        case TargetError::bad_authority:
            return "the authority in Destination is not a host with an optional port; user information is not taken.";
        case TargetError::climbs: return "Destination holds a dot segment or an empty one; write the path without it.";
        default: return "Destination is neither a path that begins with / nor an http:// or https:// URI.";
    }
}

/// "%2e" is a dot.
bool is_dot_segment(std::string_view segment) {
    std::size_t dots = 0;
    while (!segment.empty()) {
        const bool is_escaped = segment.size() >= 3 && base::equals_ignoring_case(segment.substr(0, 3), "%2e");
        if (!is_escaped && segment.front() != '.') return false;
        segment.remove_prefix(is_escaped ? 3 : 1);
        ++dots;
    }
    return dots == 1 || dots == 2;
}

/// `path` as it was sent; it begins with a slash.
bool is_plain(std::string_view path) {
    path.remove_prefix(1);
    while (!path.empty()) {
        const std::size_t end = std::min(path.find('/'), path.size());
        const std::string_view segment = path.substr(0, end);
        if (segment.empty() || is_dot_segment(segment)) return false;
        path.remove_prefix(std::min(end + 1, path.size()));
    }
    return true;
}

}  // namespace

std::expected<Destination, Refusal> parse_destination(const Request& request) {
    const auto value = request.find(FieldName::destination);
    if (!value || value->empty()) {
        return std::unexpected(bad("this needs the field Destination: the path that the file or folder is to have."));
    }
    if (request.fields.count(FieldName::destination) != 1) {
        return std::unexpected(bad("there is more than one field Destination; send one."));
    }
    return parse_address(*value);
}

std::expected<Destination, Refusal> parse_address(std::string_view text) {
    Target target;
    const auto length = static_cast<std::uint32_t>(text.size());
    const TargetError error = parse_target(text, {0, length}, false, target);
    if (error != TargetError::none) return std::unexpected(bad(fault_text(error)));
    if (target.has_query) return std::unexpected(bad("Destination holds a query; a ? in a name is written %3F."));
    if (target.has_escaped_slash) return std::unexpected(bad("Destination holds %2F, and no name can hold a slash."));
    const std::size_t begin = target.authority.offset + target.authority.length;
    const std::string_view sent = text.substr(begin);
    if (sent.empty()) return std::unexpected(bad("Destination names no path behind its host."));
    if (!is_plain(sent)) return std::unexpected(bad(fault_text(TargetError::climbs)));
    return Destination{std::move(target.path), target.authority.of(text), target.is_https};
}

std::expected<Overwrite, Refusal> parse_overwrite(const Request& request) {
    std::string storage;
    const auto value = request.find_list(FieldName::overwrite, storage);
    if (!value) return Overwrite::unstated;
    if (*value == "T" || *value == "t") return Overwrite::allowed;
    if (*value == "F" || *value == "f") return Overwrite::refused;
    return std::unexpected(bad("Overwrite is T or F."));
}

std::expected<Depth, Refusal> parse_depth(const Request& request) {
    std::string storage;
    const auto value = request.find_list(FieldName::depth, storage);
    if (!value) return Depth::unstated;
    if (*value == "0") return Depth::zero;
    if (*value == "1") return Depth::one;
    if (base::equals_ignoring_case(*value, "infinity")) return Depth::infinity;
    return std::unexpected(bad("Depth is 0, 1 or infinity."));
}

}  // namespace http
