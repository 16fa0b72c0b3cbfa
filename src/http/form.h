// Forms as application/x-www-form-urlencoded (URL Standard §5), the format of records too: "id=7&name=Ada+L". Called by
// the records with a whole body or a whole line, by the forms of pages, and by the readers of queries. Pure; bytes stay
// bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace http {

struct FormField {
    std::string name;
    std::string value;
    friend bool operator==(const FormField&, const FormField&) = default;
};

struct FormLimits {
    std::size_t fields = 100;
    std::size_t name_bytes = 1024;         ///< decoded
    std::size_t value_bytes = 256 * 1024;  ///< decoded
};

enum class FormError : std::uint8_t { too_many_fields, name_too_long, value_too_long };
/// One sentence for the client.
[[nodiscard]] std::string_view form_error_text(FormError error);

/// The fields in order; equal names stay apart. '+' is a space; a '%' without two hexadecimal digits stays as it is.
[[nodiscard]] std::expected<std::vector<FormField>, FormError> parse_form(std::string_view text,
                                                                          const FormLimits& limits = {});

/// Letters, digits and "*-._" as they are, a space as '+', everything else as %XX.
void append_form_encoded(std::string& out, std::string_view text);
/// '+' and %XX undone.
void append_form_decoded(std::string& out, std::string_view text);
/// Appends "name=value", with '&' in front unless `out` is empty.
void append_form_field(std::string& out, std::string_view name, std::string_view value);

}  // namespace http
