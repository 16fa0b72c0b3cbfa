// What stands in the answer to a write that a lock is in the way of (RFC 4918 §9.6.1, §16). Called by site/ruled_site
// for every 423, whoever made it.
#pragma once

#include <string_view>

#include "dav/lock_xml.h"
#include "http/request.h"
#include "http/response.h"

namespace dav {

/// Names the lock in the body of `response`, a 423 of `request`. Of a DELETE or MOVE of a folder of which something
/// inside is locked it becomes a 207, as RFC 4918 wants it. Browsers keep their page. `path`, `destination`: canonical;
/// the second one may be empty.
void describe_locked(const LockView& view, const http::Request& request, std::string_view path,
                     std::string_view destination, http::Response& response);

}  // namespace dav
