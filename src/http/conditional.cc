// Entity tags and preconditions. Every line of a list field is looked at where it lies: nothing is joined or copied.
#include "http/conditional.h"

#include "base/ascii.h"
#include "http/date.h"

namespace http {
namespace {

enum class Comparison : std::uint8_t { strong, weak };

/// etagc: visible bytes without the quote, and obs-text.
bool is_tag_byte(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte > 0x20 && byte != '"' && byte != 0x7f;
}

/// The length of the entity tag that `text` begins with, or 0.
std::size_t tag_length(std::string_view text) {
    std::size_t at = text.starts_with("W/") ? 2 : 0;
    if (at >= text.size() || text[at] != '"') return 0;
    ++at;
    while (at < text.size() && is_tag_byte(text[at])) ++at;
    return at < text.size() && text[at] == '"' ? at + 1 : 0;
}

/// Skips a member that is no tag, up to the next comma outside of quotes.
std::size_t member_length(std::string_view text) {
    bool quoted = false;
    std::size_t at = 0;
    for (; at < text.size(); ++at) {
        if (text[at] == '"') quoted = !quoted;
        if (text[at] == ',' && !quoted) break;
    }
    return at;
}

bool tags_match(std::string_view a, std::string_view b, Comparison comparison) {
    return comparison == Comparison::strong ? tags_match_strongly(a, b) : tags_match_weakly(a, b);
}

/// What If-Match or If-None-Match says of the representation.
struct TagSearch {
    bool is_found = false;
    /// False when the field, or a member of its list, is outside of the grammar: what it asks for is not known.
    bool is_well_formed = true;
};

/// One line of a list of tags. All of it is looked at, however long: a head is bounded, and a tag that was left out
/// would let a write through.
void search_line(std::string_view line, std::string_view etag, Comparison comparison, TagSearch& search) {
    while (!line.empty()) {
        if (line.front() == ',' || base::is_blank(line.front())) {
            line.remove_prefix(1);
            continue;
        }
        const std::size_t length = tag_length(line);
        const std::string_view rest = base::trim_blanks(line.substr(length));
        const bool whole_member = length > 0 && (rest.empty() || rest.front() == ',');
        if (!whole_member) search.is_well_formed = false;
        if (whole_member && !etag.empty() && tags_match(line.substr(0, length), etag, comparison)) {
            search.is_found = true;
        }
        line.remove_prefix(whole_member ? length : member_length(line));
    }
}

/// Does If-Match or If-None-Match name the representation? "*" does when there is one; it stands alone.
TagSearch search_tags(const Fields& fields, FieldName name, std::string_view text, const Validators& validators,
                      Comparison comparison) {
    if (fields.find(name, text) == std::string_view("*") && fields.count(name) == 1) {
        return {.is_found = validators.exists};
    }
    const std::string_view etag = validators.exists ? validators.etag : std::string_view();
    TagSearch search;
    for (const Field& field : fields) {
        if (field.known == name) search_line(field.value.of(text), etag, comparison, search);
    }
    return search;
}

/// The date in a field that must stand once: two of them are no date.
std::optional<std::int64_t> find_date(const Fields& fields, FieldName name, std::string_view text, std::int64_t now) {
    if (fields.count(name) != 1) return std::nullopt;
    return parse_date(*fields.find(name, text), now);
}

/// Steps 1 and 2 of RFC 9110 §13.2.2: is the representation still the one that the request expects (If-Match,
/// If-Unmodified-Since)?
bool is_still_the_expected(const Fields& fields, std::string_view text, bool is_read, const Validators& validators,
                           std::int64_t now) {
    if (fields.has(FieldName::if_match)) {
        const auto search = search_tags(fields, FieldName::if_match, text, validators, Comparison::strong);
        return search.is_found && (is_read || search.is_well_formed);
    }
    if (!fields.has(FieldName::if_unmodified_since) || !validators.last_modified) return true;
    const auto since = find_date(fields, FieldName::if_unmodified_since, text, now);
    return !since || *validators.last_modified <= *since;
}

/// Steps 3 and 4: does the client already have the current representation? A write whose If-None-Match cannot be read
/// is taken to name it, so that nothing is lost; for a read the worst is an answer that the client has already.
bool is_known_to_client(const Fields& fields, std::string_view text, bool is_read, const Validators& validators,
                        std::int64_t now) {
    if (fields.has(FieldName::if_none_match)) {
        const auto search = search_tags(fields, FieldName::if_none_match, text, validators, Comparison::weak);
        return search.is_found || (!is_read && !search.is_well_formed);
    }
    if (!is_read || !fields.has(FieldName::if_modified_since) || !validators.last_modified) return false;
    const auto since = find_date(fields, FieldName::if_modified_since, text, now);
    return since && *since <= now && *validators.last_modified <= *since;
}

}  // namespace

bool is_entity_tag(std::string_view text) { return !text.empty() && tag_length(text) == text.size(); }

bool tags_match_strongly(std::string_view a, std::string_view b) { return a == b && !is_weak_tag(a); }

bool tags_match_weakly(std::string_view a, std::string_view b) {
    if (is_weak_tag(a)) a.remove_prefix(2);
    if (is_weak_tag(b)) b.remove_prefix(2);
    return a == b;
}

Precondition evaluate_preconditions(const Fields& fields, std::string_view text, Method method,
                                    const Validators& validators, std::int64_t now) {
    if (!has_precondition(fields)) return Precondition::proceed;
    const bool is_read = method == Method::get || method == Method::head;
    if (!is_still_the_expected(fields, text, is_read, validators, now)) return Precondition::precondition_failed;
    if (!is_known_to_client(fields, text, is_read, validators, now)) return Precondition::proceed;
    return is_read ? Precondition::not_modified : Precondition::precondition_failed;
}

bool range_applies(const Fields& fields, std::string_view text, const Validators& validators, std::int64_t now) {
    if (!fields.has(FieldName::if_range)) return true;
    if (fields.count(FieldName::if_range) != 1) return false;
    const std::string_view value = *fields.find(FieldName::if_range, text);
    if (is_entity_tag(value)) return tags_match_strongly(value, validators.etag);
    const auto date = parse_date(value, now);
    if (!date || !validators.last_modified || !validators.last_changed) return false;
    return *date == *validators.last_modified && *date <= now - kStrongDateAgeSeconds &&
           *validators.last_changed <= *date + kStrongDateAgeSeconds;
}

}  // namespace http
