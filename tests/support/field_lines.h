// A response's fields as text, for tests that compare them.
#pragma once

#include <string>

#include "http/response.h"

namespace support {

/// "name: value\r\n" for each field of a list or a tail of one.
template <typename Fields>
std::string field_lines(const Fields& fields) {
    std::string text;
    for (const http::FieldView field : fields) text.append(field.name).append(": ").append(field.value).append("\r\n");
    return text;
}

/// The same for all fields of a response, the prepared ones first.
inline std::string field_lines(const http::Response& response) {
    return field_lines(response.prepared.fields) + field_lines(response.fields);
}

}  // namespace support
