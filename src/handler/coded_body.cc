// One field.
#include "handler/coded_body.h"

#include <string>

#include "base/ascii.h"
#include "handler/error_page.h"

namespace handler {

std::optional<http::Response> refuse_coded_body(const http::Request& request, std::string_view sentence) {
    if (!request.fields.has(http::FieldName::content_encoding)) return std::nullopt;
    std::string storage;
    const std::string_view codings = *request.find_list(http::FieldName::content_encoding, storage);
    if (codings.empty() || base::equals_ignoring_case(codings, "identity")) return std::nullopt;
    auto response = refusal_response(&request, {http::Status::unsupported_media_type, sentence});
    response.add("Accept-Encoding", "identity");
    return response;
}

}  // namespace handler
