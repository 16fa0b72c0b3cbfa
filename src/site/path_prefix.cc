// The way in, and the way out.
#include "site/path_prefix.h"

#include <utility>

namespace site {

PrefixMatch match_prefix(std::string_view prefix, std::string_view path) {
    if (!path.starts_with(prefix)) return PrefixMatch::outside;
    if (path.size() == prefix.size()) return PrefixMatch::itself;
    return path[prefix.size()] == '/' ? PrefixMatch::below : PrefixMatch::outside;
}

void lead_below(std::string_view prefix, http::FieldList& fields) {
    if (!fields.has("Location")) return;
    http::FieldList led;
    for (const http::FieldView field : fields) {
        const bool leads = field.name == "Location" && field.value.starts_with('/');
        led.add(field.name, leads ? std::string(prefix).append(field.value) : std::string(field.value));
    }
    fields = std::move(led);
}

}  // namespace site
