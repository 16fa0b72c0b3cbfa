// What stands in the answer to a write that a lock is in the way of (RFC 4918 §9.6.1, §16). Called by site/ruled_site
// for every 423, whoever made it, and by lock_taking.
#pragma once

#include <string_view>

#include "dav/lock_xml.h"
#include "handler/rights.h"
#include "http/request.h"
#include "http/response.h"

namespace dav {

/// True where the client may read or list what is locked, so that it may be named.
[[nodiscard]] bool may_know_of(const handler::RightsRules& rules, const http::Request& request,
                               const storage::Lock& lock);

/// Names the lock in the body of `response`, a 423 of `request`. Of a DELETE or MOVE of a folder of which something
/// inside is locked, and of a COPY or MOVE in place of such a folder, it becomes a 207, as RFC 4918 wants it; but where
/// the client may not read what is locked the folder is named in its place. Browsers keep their page. `path`,
/// `destination`: canonical; the second one may be empty.
void describe_locked(const LockView& view, const handler::RightsRules& rules, const http::Request& request,
                     std::string_view path, std::string_view destination, http::Response& response);

}  // namespace dav
