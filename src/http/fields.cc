// Searches over the lines of one section.
#include "http/fields.h"

namespace http {

std::size_t Fields::count(FieldName name) const {
    if (!has(name)) return 0;
    std::size_t lines = 0;
    for (const Field& field : *this) lines += field.known == name ? 1U : 0U;
    return lines;
}

std::optional<std::string_view> Fields::find(FieldName name, std::string_view text) const {
    if (!has(name)) return std::nullopt;
    for (const Field& field : *this) {
        if (field.known == name) return field.value.of(text);
    }
    return std::nullopt;
}

std::optional<std::string_view> Fields::find_list(FieldName name, std::string_view text, std::string& storage) const {
    if (!has(name)) return std::nullopt;
    std::optional<std::string_view> first;
    bool joined = false;
    for (const Field& field : *this) {
        if (field.known != name) continue;
        const std::string_view value = field.value.of(text);
        if (!first) {
            first = value;
            continue;
        }
        if (!joined) storage.assign(*first);
        joined = true;
        storage.append(", ").append(value);
    }
    if (joined) return storage;
    return first;
}

}  // namespace http
