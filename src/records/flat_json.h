// A JSON object without depth (RFC 8259), strictly: {"name": "Ada", "age": 36, "member": true}. Called by record_body.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string_view>
#include <vector>

#include "http/form.h"

namespace records {

enum class JsonError : std::uint8_t {
    malformed,  ///< no JSON
    not_an_object,
    nested,  ///< an array, an object or null as a value
    too_many_fields,
};

/// The members in order, with repeated names; numbers and booleans as they were written. `text` may end in white space.
[[nodiscard]] std::expected<std::vector<http::FormField>, JsonError> parse_flat_json(std::string_view text,
                                                                                     std::size_t max_fields);

}  // namespace records
