// The values that options take, read strictly: the whole text or nothing. Pure. Called by all that reads or writes
// options.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace app {

/// 1*DIGIT from `least` to `most`.
std::optional<std::uint64_t> parse_number(std::string_view text, std::uint64_t least, std::uint64_t most);

/// Bytes: 1*DIGIT and at most one of K, M, G, T or KiB, MiB, GiB, TiB (powers of 1024) or KB, MB, GB, TB (powers of
/// 1000), in either case; below 2^63.
std::optional<std::uint64_t> parse_size(std::string_view text);

/// Seconds as 1*DIGIT with at most three decimals ("75", "0.5"), or with a unit: ms, s, m, h, d. The answer is in
/// milliseconds, from `least_ms` to `most_ms`.
std::optional<std::int64_t> parse_seconds(std::string_view text, std::int64_t least_ms, std::int64_t most_ms);

/// The word of `words` that a person who typed `typed` probably meant; empty when none is near.
std::string_view nearest_word(std::string_view typed, std::span<const std::string_view> words);

inline constexpr std::size_t kWholeText = std::string_view::npos;

/// `text` for a message on a terminal: control bytes become '?', what is above `most` bytes is cut.
std::string printable(std::string_view text, std::size_t most = 60);

/// "512K", "10M", "1500": the shortest exact form that parse_size() reads.
std::string size_text(std::uint64_t bytes);

[[nodiscard]] constexpr std::string_view on_or_off(bool on) { return on ? "on" : "off"; }

/// "75", "0.5": the shortest exact form that parse_seconds() reads. `ms` is not negative.
std::string seconds_text(std::int64_t ms);

}  // namespace app
