// Plain text as an answer to GET and HEAD: what the small handlers share.
#pragma once

#include <string>
#include <string_view>

#include "handler/error_page.h"
#include "handler/handler.h"

namespace handler {

/// 200 with `text` as text/plain in UTF-8, never sniffed; 405 for methods other than GET and HEAD.
/// `further_fields`: whole field lines, each ended by CRLF.
[[nodiscard]] inline Decision answer_text(const http::Request& request, std::string_view text,
                                          std::string_view further_fields = {}) {
    static constexpr std::string_view kFields =
        "Content-Type: text/plain; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\n";
    if (request.method != http::Method::get && request.method != http::Method::head) {
        return method_not_allowed(request, http::MethodSet(http::Method::get, http::Method::head));
    }
    http::Response response;
    response.prepared.lines = kFields;
    response.fields = further_fields;
    if (request.method == http::Method::head) {
        response.stated_length = text.size();
    } else {
        response.body = http::Piece(std::string(text));
    }
    return response;
}

}  // namespace handler
