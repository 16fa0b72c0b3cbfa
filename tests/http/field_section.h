// A field section out of readable lines, for the tests of what reads fields.
#pragma once

#include <string>
#include <string_view>

#include "http/field_name.h"
#include "http/fields.h"

namespace http_test {

/// `lines`: "Name: value\r\n" each, well-formed.
struct FieldSection {
    explicit FieldSection(std::string_view lines) : text(lines) {
        for (std::size_t begin = 0; begin < text.size();) {
            const std::size_t colon = text.find(':', begin);
            const std::size_t end = text.find("\r\n", begin);
            const std::size_t value = text.find_first_not_of(" \t", colon + 1);
            http::Field field;
            field.name = {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(colon - begin)};
            field.value = {static_cast<std::uint32_t>(value), static_cast<std::uint32_t>(end - value)};
            field.known = http::find_field_name(field.name.of(text));
            (void)fields.add(field);
            begin = end + 2;
        }
    }

    std::string text;
    http::Fields fields;
};

}  // namespace http_test
