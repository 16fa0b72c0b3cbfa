// Where a browser goes after signing in or out: where it came from, as long as that is on this server. Called by
// sign_in_pages and sign_in_answers. Pure.
#pragma once

#include <string>
#include <string_view>

#include "http/request.h"

namespace site {

/// `wanted` comes from a form and may be anything. Returns its path, in the one spelling that nothing takes for another
/// host, with its query; "/" for whatever is no path of this server, and for the pages of signing in themselves.
[[nodiscard]] std::string return_path(std::string_view wanted);

/// The path to come back to for the same answer as `request`. Without the query where the method is not safe: a form
/// cannot be sent again this way.
[[nodiscard]] std::string return_path_of(const http::Request& request);

}  // namespace site
