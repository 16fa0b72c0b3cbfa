// Structured fields: the parsing algorithms of RFC 8941 §4.2, on views.
#include "http/structured_field.h"

#include <charconv>

#include "base/ascii.h"

namespace http {
namespace {

constexpr std::size_t kMaxIntegerDigits = 15;
constexpr std::size_t kMaxDecimalWhole = 12;
constexpr std::size_t kMaxDecimalFraction = 3;

void skip_spaces(std::string_view& text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
}

void skip_blanks(std::string_view& text) {
    while (!text.empty() && base::is_blank(text.front())) text.remove_prefix(1);
}

std::string_view take_front(std::string_view& text, std::size_t length) {
    const std::string_view front = text.substr(0, length);
    text.remove_prefix(length);
    return front;
}

bool is_key_start(char c) { return (c >= 'a' && c <= 'z') || c == '*'; }
bool is_key_char(char c) { return is_key_start(c) || base::is_digit(c) || c == '_' || c == '-' || c == '.'; }
bool is_base64_char(char c) { return base::is_alpha(c) || base::is_digit(c) || c == '+' || c == '/' || c == '='; }

bool take_key(std::string_view& text, std::string_view& key) {
    if (text.empty() || !is_key_start(text.front())) return false;
    std::size_t length = 1;
    while (length < text.size() && is_key_char(text[length])) ++length;
    key = take_front(text, length);
    return true;
}

std::size_t count_digits(std::string_view text, std::size_t from) {
    std::size_t at = from;
    while (at < text.size() && base::is_digit(text[at])) ++at;
    return at - from;
}

bool take_number(std::string_view& text, Item& item) {
    const std::size_t sign = text.front() == '-' ? 1 : 0;
    const std::size_t whole = count_digits(text, sign);
    if (whole == 0 || whole > kMaxIntegerDigits) return false;
    std::size_t length = sign + whole;
    item.kind = ItemKind::integer;
    if (length < text.size() && text[length] == '.') {
        const std::size_t fraction = count_digits(text, length + 1);
        if (whole > kMaxDecimalWhole || fraction == 0 || fraction > kMaxDecimalFraction) return false;
        length += 1 + fraction;
        item.kind = ItemKind::decimal;
    }
    item.text = take_front(text, length);
    return true;
}

bool take_string(std::string_view& text, Item& item) {
    std::size_t at = 1;
    for (; at < text.size() && text[at] != '"'; ++at) {
        if (text[at] < 0x20 || text[at] > 0x7e)
            return false;  // a plain char is signed here: 0x80 and above are negative
        if (text[at] != '\\') continue;
        ++at;
        if (at == text.size() || (text[at] != '"' && text[at] != '\\')) return false;
    }
    if (at >= text.size()) return false;
    item = {ItemKind::string, text.substr(1, at - 1)};
    text.remove_prefix(at + 1);
    return true;
}

bool take_bytes(std::string_view& text, Item& item) {
    std::size_t at = 1;
    while (at < text.size() && is_base64_char(text[at])) ++at;
    if (at >= text.size() || text[at] != ':') return false;
    item = {ItemKind::bytes, text.substr(1, at - 1)};
    text.remove_prefix(at + 1);
    return true;
}

bool take_token(std::string_view& text, Item& item) {
    std::size_t at = 1;
    while (at < text.size() && (base::is_token_char(text[at]) || text[at] == ':' || text[at] == '/')) ++at;
    item = {ItemKind::token, take_front(text, at)};
    return true;
}

bool take_boolean(std::string_view& text, Item& item) {
    if (text.size() < 2 || (text[1] != '0' && text[1] != '1')) return false;
    item = {ItemKind::boolean, text.substr(1, 1)};
    text.remove_prefix(2);
    return true;
}

bool take_bare_item(std::string_view& text, Item& item) {
    if (text.empty()) return false;
    const char first = text.front();
    if (first == '-' || base::is_digit(first)) return take_number(text, item);
    if (first == '"') return take_string(text, item);
    if (first == ':') return take_bytes(text, item);
    if (first == '?') return take_boolean(text, item);
    if (first == '*' || base::is_alpha(first)) return take_token(text, item);
    return false;
}

bool skip_parameters(std::string_view& text) {
    while (!text.empty() && text.front() == ';') {
        text.remove_prefix(1);
        skip_spaces(text);
        std::string_view key;
        if (!take_key(text, key)) return false;
        if (text.empty() || text.front() != '=') continue;
        text.remove_prefix(1);
        Item value;
        if (!take_bare_item(text, value)) return false;
    }
    return true;
}

bool take_inner_list(std::string_view& text, Item& item) {
    std::string_view inside = text.substr(1);
    while (true) {
        skip_spaces(inside);
        if (inside.empty()) return false;
        if (inside.front() == ')') break;
        Item member;
        if (!take_bare_item(inside, member) || !skip_parameters(inside) || inside.empty()) return false;
        if (inside.front() != ' ' && inside.front() != ')') return false;
    }
    const std::size_t length = text.size() - inside.size();
    item = {ItemKind::inner_list, text.substr(1, length - 1)};
    text.remove_prefix(length + 1);
    return true;
}

}  // namespace

bool take_item(std::string_view& text, Item& item) { return take_bare_item(text, item) && skip_parameters(text); }

namespace {

std::optional<Item> parse_whole_item(std::string_view value, ItemKind kind) {
    skip_spaces(value);
    Item item;
    if (!take_item(value, item) || item.kind != kind) return std::nullopt;
    skip_spaces(value);
    return value.empty() ? std::optional(item) : std::nullopt;
}

}  // namespace

std::optional<bool> parse_boolean_item(std::string_view value) {
    const auto item = parse_whole_item(value, ItemKind::boolean);
    return item ? std::optional(item->text == "1") : std::nullopt;
}

std::optional<std::int64_t> parse_integer_item(std::string_view value) {
    const auto item = parse_whole_item(value, ItemKind::integer);
    if (!item) return std::nullopt;
    std::int64_t number = 0;  // at most 15 digits: it fits
    std::from_chars(item->text.data(), item->text.data() + item->text.size(), number);
    return number;
}

DictionaryReader::DictionaryReader(std::string_view value) : rest_(value) {
    skip_spaces(rest_);
    while (!rest_.empty() && rest_.back() == ' ') rest_.remove_suffix(1);
}

DictionaryReader::Outcome DictionaryReader::next(std::string_view& key, Item& item) {
    if (rest_.empty()) return Outcome::end;
    if (!first_) {
        if (rest_.front() != ',') return Outcome::malformed;
        rest_.remove_prefix(1);
        skip_blanks(rest_);  // a comma at the very end is malformed: no key follows
    }
    first_ = false;
    if (!take_key(rest_, key)) return Outcome::malformed;
    if (!rest_.empty() && rest_.front() == '=') {
        rest_.remove_prefix(1);
        const bool is_list = !rest_.empty() && rest_.front() == '(';
        if (!(is_list ? take_inner_list(rest_, item) : take_bare_item(rest_, item))) return Outcome::malformed;
    } else {
        item = {ItemKind::boolean, "1"};
    }
    if (!skip_parameters(rest_)) return Outcome::malformed;
    skip_blanks(rest_);
    return Outcome::member;
}

}  // namespace http
