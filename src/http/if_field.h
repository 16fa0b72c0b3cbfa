// The request field If (RFC 4918 §10.4): conditions on tags and lock tokens, which are shown by standing in it; and the
// fields Timeout and Lock-Token. Called by site/if_fields and dav/. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/framing.h"
#include "http/request.h"

namespace http {

/// Lists in one field: each may need a look at the disk.
inline constexpr std::size_t kMostIfLists = 64;

struct IfCondition {
    enum class Kind : std::uint8_t {
        token,  ///< a lock with this token reaches the resource
        tag,    ///< the resource has this tag
    };
    Kind kind = Kind::token;
    bool is_negated = false;
    std::string value;  ///< a token without its brackets, or a tag with its quotes
};

/// Conditions that hold together, of one resource.
struct IfList {
    enum class About : std::uint8_t {
        own,      ///< what the request is about
        other,    ///< what has `path`
        nothing,  ///< nothing on this server
    };
    About about = About::own;
    std::string tag;   ///< the URI or path that the list is tagged with, as it was sent; empty: none
    std::string path;  ///< of another resource, canonical. Filled by site/if_fields.
    std::vector<IfCondition> conditions;
};

struct IfField {
    std::vector<IfList> lists;        ///< the field holds when one of them does
    std::vector<std::string> tokens;  ///< all that stand in it, sorted
    std::string path;                 ///< of the request's own resource, canonical. Filled by site/if_fields.

    [[nodiscard]] bool shows(std::string_view token) const;
};

/// The request has the field. 400 when it is not well-formed, repeated, or has more than kMostIfLists lists. The paths
/// are empty, and a tagged list is about `nothing`.
[[nodiscard]] std::expected<IfField, Refusal> parse_if(const Request& request);

/// Seconds of the first time in Timeout (RFC 4918 §10.7) that is understood, at most `most`, which "Infinite" means as
/// well; `most` without one.
[[nodiscard]] std::int64_t parse_timeout(const Request& request, std::int64_t most);

/// The token of Lock-Token (RFC 4918 §10.5), without its brackets; nullopt where it is missing or malformed.
[[nodiscard]] std::optional<std::string_view> parse_lock_token(const Request& request);

}  // namespace http
