// Parameters, weights and weighted lists.
#include "http/parameters.h"

#include <algorithm>

#include "base/ascii.h"

namespace http {
namespace {

void skip_blanks(std::string_view& text) {
    while (!text.empty() && base::is_blank(text.front())) text.remove_prefix(1);
}

/// The position of the first byte of `stops` that stands outside of a quoted-string, or the end.
std::size_t find_outside_quotes(std::string_view text, std::string_view stops) {
    bool quoted = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '"') {
            quoted = !quoted;
        } else if (quoted) {
            if (text[at] == '\\') ++at;
        } else if (stops.find(text[at]) != std::string_view::npos) {
            return at;
        }
    }
    return text.size();
}

/// Splits the parameters of `member` from its weight. False when the weight is malformed.
bool take_weight(std::string_view parameters, WeightedMember& member) {
    member.parameters = parameters;
    member.weight = 1000;
    std::size_t at = 0;
    while (at < parameters.size()) {
        const std::string_view tail = parameters.substr(at + 1);
        const std::size_t length = find_outside_quotes(tail, ";");
        const std::string_view parameter = base::trim_blanks(tail.substr(0, length));
        if (parameter.size() >= 2 && base::to_lower(parameter[0]) == 'q' && parameter[1] == '=') {
            const auto weight = parse_weight(parameter.substr(2));
            if (!weight) return false;
            member.parameters = parameters.substr(0, at);
            member.weight = *weight;
            return true;
        }
        at += 1 + length;
    }
    return true;
}

}  // namespace

bool ParameterReader::fail() {
    malformed_ = true;
    rest_ = {};
    return false;
}

bool ParameterReader::next(Parameter& parameter) {
    skip_blanks(rest_);
    while (!rest_.empty() && rest_.front() == ';') {
        rest_.remove_prefix(1);
        skip_blanks(rest_);
        if (rest_.empty()) return false;
        if (rest_.front() == ';') continue;  // an empty one

        const auto name_end = std::find_if_not(rest_.begin(), rest_.end(), base::is_token_char);
        parameter.name = std::string_view(rest_.begin(), name_end);
        rest_.remove_prefix(parameter.name.size());
        if (parameter.name.empty() || rest_.empty() || rest_.front() != '=') return fail();
        rest_.remove_prefix(1);

        parameter.quoted = !rest_.empty() && rest_.front() == '"';
        if (!parameter.quoted) {
            const std::size_t length = std::min(rest_.find(';'), rest_.size());
            parameter.value = base::trim_blanks(rest_.substr(0, length));
            rest_.remove_prefix(length);
            return true;
        }
        const std::string_view inside = rest_.substr(1);
        std::size_t end = 0;
        while (end < inside.size() && inside[end] != '"') end += inside[end] == '\\' ? 2U : 1U;
        if (end >= inside.size()) return fail();
        parameter.value = inside.substr(0, end);
        rest_ = inside.substr(end + 1);
        skip_blanks(rest_);
        if (!rest_.empty() && rest_.front() != ';') return fail();
        return true;
    }
    return rest_.empty() ? false : fail();
}

std::string unescape_quoted(std::string_view value) {
    std::string text;
    text.reserve(value.size());
    for (std::size_t at = 0; at < value.size(); ++at) {
        const bool is_escape =
            value[at] == '\\' && at + 1 < value.size() && (value[at + 1] == '"' || value[at + 1] == '\\');
        if (is_escape) ++at;
        text.push_back(value[at]);
    }
    return text;
}

std::optional<std::uint16_t> parse_weight(std::string_view text) {
    if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return std::nullopt;
    if (text.size() > 1 && text[1] != '.') return std::nullopt;
    unsigned weight = text[0] == '1' ? 1000 : 0;
    unsigned place = 100;
    for (const char c : text.substr(std::min<std::size_t>(2, text.size()))) {
        if (!base::is_digit(c)) return std::nullopt;
        weight += static_cast<unsigned>(c - '0') * place;
        place /= 10;
    }
    if (weight > 1000) return std::nullopt;
    return static_cast<std::uint16_t>(weight);
}

bool WeightedList::next(WeightedMember& member) {
    while (!rest_.empty()) {
        const std::size_t length = find_outside_quotes(rest_, ",");
        const std::string_view whole = base::trim_blanks(rest_.substr(0, length));
        rest_.remove_prefix(length == rest_.size() ? length : length + 1);
        const std::size_t semicolon = std::min(whole.find(';'), whole.size());
        member.value = base::trim_blanks(whole.substr(0, semicolon));
        if (!member.value.empty() && take_weight(whole.substr(semicolon), member)) return true;
    }
    return false;
}

}  // namespace http
