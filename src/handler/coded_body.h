// The refusal of bodies that have a content coding: what is stored, or read as a form, has none. Called by small_body
// and by what takes files.
#pragma once

#include <optional>
#include <string_view>

#include "http/request.h"
#include "http/response.h"

namespace handler {

/// 415 with Accept-Encoding (RFC 9110 §12.5.3, 15.5.16) when Content-Encoding names another coding than identity.
/// `sentence`: of static lifetime; it is the reason in the error log, too.
[[nodiscard]] std::optional<http::Response> refuse_coded_body(const http::Request& request, std::string_view sentence);

}  // namespace handler
