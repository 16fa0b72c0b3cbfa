// One record as a line of text: `id=7&name=Ada&email=ada%40example.org`, in the encoding of HTML forms. Says which ids
// and fields can be stored, and converts between a line and its fields. Called by the record file, its views and the
// handler of records. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/form.h"
#include "http/framing.h"
#include "records/record_limits.h"

namespace records {

/// Fields in their order.
using Record = std::vector<http::FormField>;

inline constexpr std::string_view kRecordIdName = "id";
inline constexpr std::size_t kMaxRecordIdBytes = 64;

/// 1 to 64 letters, digits, '-', '_', '.' and '~', not with a '.' in front: it stands in a path as it is.
[[nodiscard]] bool is_record_id(std::string_view id);
/// The number that an id stands for: at most 15 digits without a leading zero.
[[nodiscard]] std::optional<std::uint64_t> find_record_number(std::string_view id);
/// The greatest number that find_record_number() gives.
inline constexpr std::uint64_t kMaxRecordNumber = 999'999'999'999'999;
/// The greatest number that a client may choose for a new record: the next ids follow the greatest one, and must not
/// run out.
inline constexpr std::uint64_t kMaxChosenRecordNumber = 1'000'000'000'000;

/// Why the fields cannot be stored: 422 and a sentence. Of the id this checks only that it is not repeated.
[[nodiscard]] std::optional<http::Refusal> find_record_fault(const Record& record, const RecordLimits& limits);

/// Takes the field "id" out of the record; nullopt when there is none.
[[nodiscard]] std::optional<std::string> take_record_id(Record& record);

/// The line, without a newline. `id` comes first.
[[nodiscard]] std::string encode_record(std::string_view id, const Record& record);
/// All fields of a line, the id among them. Takes what people write by hand: empty pairs are skipped, a pair without
/// '=' is a name, a '%' without two digits stands for itself.
[[nodiscard]] Record decode_record(std::string_view line);

/// The id of a line, a view of `line` or of `storage`; empty when the line is no record: blank, a comment ('#'),
/// without an id, or with one that no path can name.
[[nodiscard]] std::string_view find_record_id(std::string_view line, std::string& storage);

/// The entity tag of a record: quoted, of the line's bytes alone. `suffix` tells the forms of one record apart.
[[nodiscard]] std::string make_record_tag(std::string_view line, std::string_view suffix);

}  // namespace records
