// Structured fields: dictionaries (RFC 8941 §3.2), walked member by member, and single items (§3.3). Used by the digest
// fields and the fields of resumable uploads. Pure; nothing is copied.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace http {

enum class ItemKind : std::uint8_t { integer, decimal, string, token, bytes, boolean, inner_list };

struct Item {
    ItemKind kind = ItemKind::boolean;
    /// integer, decimal, token: as written. string, bytes, inner_list: without what encloses them. boolean: "1" or "0".
    std::string_view text;
};

/// Removes the item at the front of `text`, its parameters included. False when there is no valid one.
/// Parameters are checked and dropped: no field that godwit reads has any.
bool take_item(std::string_view& text, Item& item);

/// The whole field value as one item of that type (RFC 8941 §4.2); nullopt for anything else, several lines included.
[[nodiscard]] std::optional<bool> parse_boolean_item(std::string_view value);
[[nodiscard]] std::optional<std::int64_t> parse_integer_item(std::string_view value);

class DictionaryReader {
public:
    enum class Outcome : std::uint8_t { member, end, malformed };

    explicit DictionaryReader(std::string_view value);

    /// The next member. After `malformed` the whole field does not count, members seen before included.
    Outcome next(std::string_view& key, Item& item);

private:
    std::string_view rest_;
    bool first_ = true;
};

}  // namespace http
