// Makes the response of every refusal: a status and one sentence that says what was wrong and how to do it right, as
// plain text, or as a small page for browsers. Called by all handlers and by the connection.
#pragma once

#include <string>
#include <string_view>

#include "http/method.h"
#include "http/request.h"
#include "http/response.h"

namespace handler {

/// Browsers put text/html first; programs do not, or take anything.
[[nodiscard]] bool prefers_html(const http::Request& request);

/// "404 Not Found: <sentence>\n" as text/plain, or HTML when `request` prefers text/html. `request` may be null (the
/// head was not understood). `sentence` may hold anything a peer sent: it is escaped. Response::reason is left empty.
[[nodiscard]] http::Response error_response(const http::Request* request, http::Status status,
                                            std::string_view sentence);

/// The same for a refusal, whose reason is also the log's; with Retry-After when it is for the moment only (503, 429).
[[nodiscard]] http::Response refusal_response(const http::Request* request, const http::Refusal& refusal);

/// 405 with Allow (RFC 9110 §15.5.6). `cause`, when there is one, begins the sentence and is the log's reason.
[[nodiscard]] http::Response method_not_allowed(const http::Request& request, http::MethodSet allowed,
                                                std::string_view cause = {});

/// 503 with Retry-After. `sentence`: of static lifetime; it is the reason in the error log, too.
[[nodiscard]] http::Response unavailable(const http::Request* request, std::string_view sentence,
                                         int retry_after_seconds);

/// "GET, HEAD, PUT", in the order of Method; for Allow.
[[nodiscard]] std::string allow_value(http::MethodSet methods);

}  // namespace handler
