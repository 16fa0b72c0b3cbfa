// A reader that goes over the line once.
#include "server/forwarded_field.h"

#include <cstddef>

#include "base/ascii.h"

namespace server {
namespace {

class LineReader {
public:
    explicit LineReader(std::string_view line) : rest_(line) {}

    [[nodiscard]] bool is_at_end() const { return rest_.empty(); }

    void skip_blanks() {
        while (!rest_.empty() && base::is_blank(rest_.front())) rest_.remove_prefix(1);
    }

    bool take(char c) {
        if (!rest_.starts_with(c)) return false;
        rest_.remove_prefix(1);
        return true;
    }

    [[nodiscard]] bool is_before(char c) const { return rest_.starts_with(c); }

    /// Empty when none is here.
    std::string_view take_token() {
        std::size_t size = 0;
        while (size < rest_.size() && base::is_token_char(rest_[size])) ++size;
        return take_first(size);
    }

    /// nullopt for a quoted-string without an end, and for no value at all.
    std::optional<std::string_view> take_value() { return take('"') ? take_quoted() : take_plain(); }

private:
    std::string_view take_first(std::size_t size) {
        const std::string_view first = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return first;
    }

    std::optional<std::string_view> take_quoted() {
        for (std::size_t i = 0; i < rest_.size(); ++i) {
            if (rest_[i] == '\\') {
                ++i;  // what follows is a part of the value, a quote too
            } else if (rest_[i] == '"') {
                const std::string_view value = take_first(i);
                rest_.remove_prefix(1);
                return value;
            }
        }
        return std::nullopt;
    }

    std::optional<std::string_view> take_plain() {
        constexpr std::string_view kAddressChars = ":[]";
        std::size_t size = 0;
        while (size < rest_.size() &&
               (base::is_token_char(rest_[size]) || kAddressChars.find(rest_[size]) != std::string_view::npos)) {
            ++size;
        }
        if (size == 0) return std::nullopt;
        return take_first(size);
    }

    std::string_view rest_;
};

/// The member that `name` fills; null for parameters that nobody here needs.
std::string_view* find_member(ForwardedElement& element, std::string_view name) {
    if (base::equals_ignoring_case(name, "for")) return &element.address;
    if (base::equals_ignoring_case(name, "proto")) return &element.proto;
    if (base::equals_ignoring_case(name, "host")) return &element.host;
    return nullptr;
}

/// A name, "=" and a value. A name that comes twice in one element is against §4.
bool take_pair(LineReader& reader, ForwardedElement& element) {
    const std::string_view name = reader.take_token();
    if (name.empty() || !reader.take('=')) return false;
    const auto value = reader.take_value();
    if (!value) return false;
    std::string_view* member = find_member(element, name);
    if (member == nullptr) return true;
    if (member->data() != nullptr) return false;
    *member = *value;
    return true;
}

/// Up to the comma behind it, or the end of the line. Parts without a pair are allowed.
bool take_element(LineReader& reader, ForwardedElement& element) {
    do {
        reader.skip_blanks();
        if (!reader.is_at_end() && !reader.is_before(';') && !reader.is_before(',') && !take_pair(reader, element))
            return false;
        reader.skip_blanks();
    } while (reader.take(';'));
    return reader.is_at_end() || reader.is_before(',');
}

}  // namespace

std::optional<std::vector<ForwardedElement>> parse_forwarded(std::string_view line) {
    std::vector<ForwardedElement> elements;
    LineReader reader(line);
    do {
        ForwardedElement element;
        if (!take_element(reader, element)) return std::nullopt;
        elements.push_back(element);
    } while (reader.take(','));
    return elements;
}

}  // namespace server
