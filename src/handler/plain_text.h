// Plain text as an answer to GET and HEAD: what the small handlers share.
#pragma once

#include <string>
#include <string_view>

#include "handler/error_page.h"
#include "handler/handler.h"

namespace handler {

/// 200 with `text` as text/plain in UTF-8, never sniffed; 405 for methods other than GET and HEAD.
/// `further`: one more field of the answer; none when its name is empty.
[[nodiscard]] inline Decision answer_text(const http::Request& request, std::string_view text,
                                          http::FieldView further = {}) {
    static const http::FieldList fields{{"Content-Type", "text/plain; charset=utf-8"},
                                        {"X-Content-Type-Options", "nosniff"}};
    if (request.method != http::Method::get && request.method != http::Method::head) {
        return method_not_allowed(request, http::MethodSet(http::Method::get, http::Method::head));
    }
    http::Response response;
    response.prepared.fields = http::FieldTail(fields);
    if (!further.name.empty()) response.add(further.name, further.value);
    if (request.method == http::Method::head) {
        response.stated_length = text.size();
    } else {
        response.body = http::Piece(std::string(text));
    }
    return response;
}

}  // namespace handler
