// What a search looks for in names: ?search=bill *.txt. Made by listings/listings, asked by the walk through the
// folders. Pure.
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "http/framing.h"
#include "trees/file_filter.h"

namespace listings {

/// The most bytes of a search. The time that it takes to compare a name with all words grows with the lengths of both;
/// names have at most 255 bytes.
inline constexpr std::size_t kSearchBytes = 256;

/// Words stand between spaces. A word with '*' (any characters, or none) or '?' (one character) is a pattern and has to
/// fit the whole name; any other has to be somewhere in it. A name is wanted when all words say so. ASCII letters are
/// compared without regard to case, all else byte by byte.
class SearchWords final : public trees::FileFilter {
public:
    /// `text`: decoded. A 400 for more than kSearchBytes, and for a slash, which no name has.
    [[nodiscard]] static std::expected<SearchWords, http::Refusal> parse(std::string_view text);

    /// True when there is no word: then nothing is searched for.
    [[nodiscard]] bool empty() const { return words_.empty(); }
    [[nodiscard]] bool wants(std::string_view name, trees::WalkSlice& slice) const override;

private:
    std::vector<std::string> words_;  ///< in lower case
    std::size_t bytes_ = 0;           ///< of all of them
};

}  // namespace listings
