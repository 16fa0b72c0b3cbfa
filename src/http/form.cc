// Urlencoded forms.
#include "http/form.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/escape.h"

namespace http {
namespace {

bool is_plain(char c) { return base::is_alpha(c) || base::is_digit(c) || c == '*' || c == '-' || c == '.' || c == '_'; }

}  // namespace

std::string_view form_error_text(FormError error) {
    switch (error) {
        case FormError::too_many_fields: return "the form has more fields than are accepted.";
        case FormError::name_too_long: return "the name of a form field is longer than is accepted.";
        case FormError::value_too_long: return "the value of a form field is longer than is accepted.";
    }
    return {};
}

void append_form_decoded(std::string& out, std::string_view text) {
    while (true) {
        const std::size_t plain = text.find_first_of("+%");
        out.append(text.substr(0, plain));
        if (plain == std::string_view::npos) return;
        text.remove_prefix(plain);
        const int high = text.size() > 2 ? base::hex_value(text[1]) : -1;
        const int low = text.size() > 2 ? base::hex_value(text[2]) : -1;
        const bool is_escape = text.front() == '%' && high >= 0 && low >= 0;
        if (is_escape) {
            out.push_back(static_cast<char>(high * 16 + low));
        } else {
            out.push_back(text.front() == '+' ? ' ' : '%');
        }
        text.remove_prefix(is_escape ? 3 : 1);
    }
}

void append_form_encoded(std::string& out, std::string_view text) {
    for (const char c : text) {
        if (is_plain(c)) {
            out.push_back(c);
        } else if (c == ' ') {
            out.push_back('+');
        } else {
            base::append_percent_encoded(out, c);
        }
    }
}

void append_form_field(std::string& out, std::string_view name, std::string_view value) {
    if (!out.empty()) out.push_back('&');
    append_form_encoded(out, name);
    out.push_back('=');
    append_form_encoded(out, value);
}

std::expected<std::vector<FormField>, FormError> parse_form(std::string_view text, const FormLimits& limits) {
    std::vector<FormField> fields;
    while (!text.empty()) {
        const std::size_t length = std::min(text.find('&'), text.size());
        const std::string_view pair = text.substr(0, length);
        text.remove_prefix(std::min(length + 1, text.size()));
        if (pair.empty()) continue;
        if (fields.size() == limits.fields) return std::unexpected(FormError::too_many_fields);

        const std::size_t equals = std::min(pair.find('='), pair.size());
        FormField& field = fields.emplace_back();
        append_form_decoded(field.name, pair.substr(0, equals));
        append_form_decoded(field.value, pair.substr(std::min(equals + 1, pair.size())));
        if (field.name.size() > limits.name_bytes) return std::unexpected(FormError::name_too_long);
        if (field.value.size() > limits.value_bytes) return std::unexpected(FormError::value_too_long);
    }
    return fields;
}

}  // namespace http
