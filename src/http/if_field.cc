// One pass from left to right.
#include "http/if_field.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/ascii.h"
#include "http/conditional.h"

namespace http {
namespace {

constexpr Refusal kMalformed{Status::bad_request,
                             "If is not well-formed: it holds lists like (<token>) or ([\"tag\"]), or each with the "
                             "resource before it, <address> (<token>)."};
constexpr Refusal kTooMany{Status::bad_request, "If holds more than 64 lists."};

bool is_blank(char c) { return c == ' ' || c == '\t'; }

/// What is left of the field's value.
class Reader {
public:
    explicit Reader(std::string_view text) : text_(text) {}

    /// The next character that is no blank; 0 at the end.
    char peek() {
        while (!text_.empty() && is_blank(text_.front())) text_.remove_prefix(1);
        return text_.empty() ? '\0' : text_.front();
    }
    void skip() { text_.remove_prefix(1); }
    /// What stands between the next character and the next `end`. nullopt: there is no end, or nothing before it.
    std::optional<std::string_view> take_until(char end) {
        const std::size_t length = text_.find(end, 1);
        if (length == std::string_view::npos || length == 1) return std::nullopt;
        const std::string_view inside = text_.substr(1, length - 1);
        text_.remove_prefix(length + 1);
        return inside;
    }
    bool take_not() {
        if (text_.size() < 4 || !base::equals_ignoring_case(text_.substr(0, 3), "not")) return false;
        if (is_blank(text_[3]) || text_[3] == '<' || text_[3] == '[') {
            text_.remove_prefix(3);
            return true;
        }
        return false;
    }

private:
    std::string_view text_;
};

std::optional<IfCondition> take_condition(Reader& reader) {
    IfCondition condition;
    reader.peek();
    condition.is_negated = reader.take_not();
    switch (reader.peek()) {
        case '<': {
            const auto token = reader.take_until('>');
            if (!token) return std::nullopt;
            condition.value = *token;
            return condition;
        }
        case '[': {
            const auto tag = reader.take_until(']');
            if (!tag || !is_entity_tag(*tag)) return std::nullopt;
            condition.kind = IfCondition::Kind::tag;
            condition.value = *tag;
            return condition;
        }
        default: return std::nullopt;
    }
}

/// The reader stands before the "(".
bool take_list(Reader& reader, IfList& list) {
    reader.skip();
    while (reader.peek() != ')') {
        auto condition = take_condition(reader);
        if (!condition) return false;
        list.conditions.push_back(std::move(*condition));
    }
    reader.skip();
    return !list.conditions.empty();
}

}  // namespace

bool IfField::shows(std::string_view token) const { return std::ranges::binary_search(tokens, token); }

std::expected<IfField, Refusal> parse_if(const Request& request) {
    const auto value = request.find(FieldName::dav_if);
    if (!value || request.fields.count(FieldName::dav_if) != 1) return std::unexpected(kMalformed);
    IfField field;
    Reader reader(*value);
    const bool is_tagged = reader.peek() == '<';
    std::string tag;
    bool has_list = true;  // behind the last tag
    while (reader.peek() != '\0') {
        if (reader.peek() == '<') {
            const auto next = reader.take_until('>');
            if (!is_tagged || !has_list || !next) return std::unexpected(kMalformed);
            tag = *next;
            has_list = false;
            continue;
        }
        IfList list;
        if (reader.peek() != '(' || !take_list(reader, list)) return std::unexpected(kMalformed);
        if (field.lists.size() == kMostIfLists) return std::unexpected(kTooMany);
        has_list = true;
        list.tag = tag;
        if (is_tagged) list.about = IfList::About::nothing;
        for (const IfCondition& each : list.conditions) {
            if (each.kind == IfCondition::Kind::token) field.tokens.push_back(each.value);
        }
        field.lists.push_back(std::move(list));
    }
    if (field.lists.empty() || !has_list) return std::unexpected(kMalformed);
    std::ranges::sort(field.tokens);
    return field;
}

std::int64_t parse_timeout(const Request& request, std::int64_t most) {
    constexpr std::string_view kSeconds = "Second-";
    std::string storage;
    const auto value = request.find_list(FieldName::timeout, storage);
    if (!value) return most;
    std::string_view rest = *value;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find(','), rest.size());
        const std::string_view each = base::trim_blanks(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (base::equals_ignoring_case(each, "Infinite")) return most;
        if (!base::equals_ignoring_case(each.substr(0, kSeconds.size()), kSeconds)) continue;
        const std::string_view digits = each.substr(kSeconds.size());
        std::uint64_t seconds = 0;
        const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
        if (digits.empty() || stop != digits.data() + digits.size()) continue;
        if (error == std::errc::result_out_of_range) return most;
        if (error != std::errc() || seconds == 0) continue;
        return static_cast<std::int64_t>(std::min(seconds, static_cast<std::uint64_t>(most)));
    }
    return most;
}

std::optional<std::string_view> parse_lock_token(const Request& request) {
    const auto value = request.find(FieldName::lock_token);
    if (!value || request.fields.count(FieldName::lock_token) != 1) return std::nullopt;
    const std::string_view text = base::trim_blanks(*value);
    if (text.size() < 3 || text.front() != '<' || text.back() != '>') return std::nullopt;
    return text.substr(1, text.size() - 2);
}

}  // namespace http
