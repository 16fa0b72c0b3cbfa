// One media type, and fields by their names.
#include "site/small_form.h"

#include <algorithm>

#include "base/ascii.h"

namespace site {

bool is_form(const http::Request& request) {
    const std::string_view value = request.find(http::FieldName::content_type).value_or("");
    const std::string_view type = base::trim_blanks(value.substr(0, std::min(value.find(';'), value.size())));
    return base::equals_ignoring_case(type, "application/x-www-form-urlencoded");
}

std::optional<std::string> take_value(const std::vector<http::FormField>& fields, std::string_view name) {
    std::optional<std::string> value;
    for (const http::FormField& each : fields) {
        if (each.name != name) continue;
        if (value) return std::nullopt;
        value = each.value;
    }
    return value.value_or(std::string());
}

}  // namespace site
