// What the options of a web site say about answers, as values. Filled by app/site_options; HeaderRule, ErrorPage and
// Cors are applied by site/decoration.
#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "http/status.h"

namespace site {

/// Browsers get answers only under names that no stranger's DNS can lead to this server: addresses, localhost, names
/// without a dot, and those below. Filled when the listeners are open.
struct OwnHosts {
    bool is_local = false;           ///< only this machine can connect
    std::vector<std::string> names;  ///< of this machine, in lower case
    /// True for the names of certificates; empty where there are none. What it refers to outlives the rules.
    std::function<bool(std::string_view)> is_certified;
};

/// A field that answers carry unless they have one of that name.
struct HeaderRule {
    std::string path_prefix;  ///< of the request's path; "/" is every path
    std::string name;
    std::string value;
};

/// A file in place of the built-in sentence of a refusal.
struct ErrorPage {
    http::Status status = http::Status::not_found;
    std::string path;  ///< below the root, with a slash in front
};

/// The sites whose scripts may read the answers (the Fetch standard's CORS protocol). When it is empty, answers have no
/// CORS fields.
struct Cors {
    bool any_origin = false;
    std::vector<std::string> origins;  ///< serialized: scheme, "://", host, and the port unless it is the usual one

    [[nodiscard]] bool on() const { return any_origin || !origins.empty(); }
    [[nodiscard]] bool allows(std::string_view origin) const {
        return any_origin || std::ranges::find(origins, origin) != origins.end();
    }
};

}  // namespace site
