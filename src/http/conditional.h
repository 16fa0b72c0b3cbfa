// Conditional requests: entity tags and the preconditions of RFC 9110 §13, in the order of §13.2.2. Called by the
// handlers that answer with a tag, and by writes, before the body and again at the commit. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "http/fields.h"
#include "http/method.h"

namespace http {

/// What is known of the selected representation.
struct Validators {
    /// As it is sent, with its quotes and with W/ when it is weak; empty when there is none.
    std::string_view etag;
    /// Seconds since 1970-01-01 UTC.
    std::optional<std::int64_t> last_modified;
    /// Seconds since 1970 at which the file last changed in any way (its ctime). Unknown: no date is a strong
    /// validator.
    std::optional<std::int64_t> last_changed;
    /// False when nothing is there: "*" matches nothing then.
    bool exists = true;
};

enum class Precondition : std::uint8_t {
    proceed,
    not_modified,         ///< 304, for GET and HEAD
    precondition_failed,  ///< 412
};

/// True when the field section holds a precondition; one test of bits.
[[nodiscard]] inline bool has_precondition(const Fields& fields) {
    return fields.has_any(FieldName::if_match, FieldName::if_unmodified_since, FieldName::if_none_match,
                          FieldName::if_modified_since);
}

/// Evaluates If-Match, If-Unmodified-Since, If-None-Match and If-Modified-Since. Call it only where the answer without
/// them would be 2xx (RFC 9110 §13.2.1). `text`: the section's text; `now`: seconds since 1970, for two-digit years.
/// An If-Modified-Since later than now is ignored. An If-Match or If-None-Match outside of the grammar is never true
/// for methods other than GET and HEAD; for these two its well-formed members count. What is no date is ignored, as
/// §13.1.3 and §13.1.4 demand.
[[nodiscard]] Precondition evaluate_preconditions(const Fields& fields, std::string_view text, Method method,
                                                  const Validators& validators, std::int64_t now);

/// Whether a Range field counts (RFC 9110 §13.1.5). True when there is no If-Range, when it has the same strong tag, or
/// when it has the same date and that date is a strong validator. False: the whole representation is sent.
[[nodiscard]] bool range_applies(const Fields& fields, std::string_view text, const Validators& validators,
                                 std::int64_t now);

/// True for one well-formed entity tag and nothing else (RFC 9110 §8.8.3).
[[nodiscard]] bool is_entity_tag(std::string_view text);
[[nodiscard]] inline bool is_weak_tag(std::string_view tag) { return tag.starts_with("W/"); }
/// RFC 9110 §8.8.3.2: both strong, and the same bytes. Both must be well-formed.
[[nodiscard]] bool tags_match_strongly(std::string_view a, std::string_view b);
/// The same opaque part, weak or not.
[[nodiscard]] bool tags_match_weakly(std::string_view a, std::string_view b);

/// A Last-Modified is a strong validator when it is at least this much older than the Date of the answer (RFC 9110
/// §8.8.2.2), and the file's ctime is at most this much later than it. The second test catches a copy that kept its old
/// time: its ctime is later than the date it states.
inline constexpr std::int64_t kStrongDateAgeSeconds = 1;

}  // namespace http
