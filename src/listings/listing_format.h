// The interface of the formats of a listing (HTML, JSON, text): what they are told, and what they append. Implemented
// in listings/listing_page and its siblings, called entry by entry by listing_gathering, listing_source and
// search_source.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace listings {

/// What a listing is ordered by. Folders come first in any order; equal entries are in the order of their names.
enum class ListingColumn : std::uint8_t { name, size, time, type };
enum class ListingOrder : std::uint8_t { ascending, descending };

/// "name", "size", "time" or "type": in queries, in JSON and as a class of the page's style.
[[nodiscard]] constexpr std::string_view column_name(ListingColumn column) {
    switch (column) {
        case ListingColumn::name: return "name";
        case ListingColumn::size: return "size";
        case ListingColumn::time: return "time";
        case ListingColumn::type: return "type";
    }
    return {};
}

/// What is known before the first entry.
struct ListingView {
    /// Decoded, below the root, begins and ends with '/'. Any bytes but NUL.
    std::string path;
    /// What the client writes in front of it, decoded: that of http::Request::client_path().
    std::string prefix;
    ListingColumn column = ListingColumn::name;
    ListingOrder order = ListingOrder::ascending;
    enum class Extent : std::uint8_t {
        whole,     ///< every entry, in order
        page,      ///< at most `limit` entries, in order, from the beginning on or after those of the page before
        unsorted,  ///< every entry of a large directory, in the file system's order: column and order do not count
        found,     ///< what a search found in the directory and below it, at most `limit` entries, in order of paths
    } extent = Extent::whole;
    /// Of a page or of what was found: how many entries it holds at most, 1 to 10,000.
    std::size_t limit = 0;
    /// Of a page: where it begins.
    enum class Start : std::uint8_t { beginning, further_on } start = Start::beginning;
    /// Of what was found: what was searched for, as the client wrote it, decoded.
    std::string search;
};

struct ListingEntry {
    enum class Kind : std::uint8_t { directory, file };
    /// What a GET of it would be answered.
    enum class Access : std::uint8_t {
        readable,
        forbidden,  ///< the server may not read it
        unknown,    ///< its status could not be read: length, time and tag have no meaning, and the kind is a guess
    };
    /// One name as the file system has it, without a slash: any bytes but '/' and NUL, not beginning with '.'. Of what
    /// a search found a path below the directory: such names with slashes between them.
    std::string_view name;
    Kind kind = Kind::file;
    /// Length of a file in bytes; 0 for directories.
    std::uint64_t bytes = 0;
    /// Last modification since 1970-01-01 UTC; may be negative or absurd.
    std::int64_t modified_seconds = 0;
    std::uint32_t modified_ns = 0;
    /// As in Content-Type, with parameters; empty for directories.
    std::string_view media_type;
    /// What a GET of the file would answer as its ETag, with quotes, and W/ when weak; empty for directories.
    std::string_view entity_tag;

    Access access = Access::readable;

    [[nodiscard]] bool is_directory() const { return kind == Kind::directory; }
};

/// "forbidden" or "unknown": in JSON and as a class of the page's style. Empty for what is readable.
[[nodiscard]] constexpr std::string_view access_name(ListingEntry::Access access) {
    switch (access) {
        case ListingEntry::Access::readable: return {};
        case ListingEntry::Access::forbidden: return "forbidden";
        case ListingEntry::Access::unknown: return "unknown";
    }
    return {};
}

/// What is known once the last entry was written.
struct ListingEnd {
    /// Rows written.
    std::uint64_t entries = 0;
    /// Of a page that others follow: where the next one is, a query to be taken relative to this listing's target:
    /// "?limit=10&after=b.txt". Only characters of a URI, '&' among them. Empty otherwise.
    std::string_view next;
    /// Of a search: why there may be entries that were not found.
    enum class Rest : std::uint8_t {
        none,        ///< there are not
        limit,       ///< there are more than were asked for
        work,        ///< the search was too much work
        unsearched,  ///< a folder could not be read, or is too deep
    } rest = Rest::none;
};

/// "limit", "work" or "unsearched": in JSON. Empty for none.
[[nodiscard]] constexpr std::string_view rest_name(ListingEnd::Rest rest) {
    switch (rest) {
        case ListingEnd::Rest::none: return {};
        case ListingEnd::Rest::limit: return "limit";
        case ListingEnd::Rest::work: return "work";
        case ListingEnd::Rest::unsearched: return "unsearched";
    }
    return {};
}

/// One sentence for people. Empty for none.
[[nodiscard]] constexpr std::string_view rest_text(ListingEnd::Rest rest) {
    switch (rest) {
        case ListingEnd::Rest::none: return {};
        case ListingEnd::Rest::limit: return "There are more. Search for more exact words, or in a folder below.";
        case ListingEnd::Rest::work:
            return "There may be more: the search ended before it had looked everywhere. Search in a folder below.";
        case ListingEnd::Rest::unsearched: return "There may be more: a folder could not be searched.";
    }
    return {};
}

/// Appends only; earlier text may be gone from `out` at the next call. A format must give the same bytes for the same
/// entries each time it starts at opening(): a listing's tag and length are computed before it is sent. row() is called
/// for up to millions of entries: it should not allocate but through `out`.
class ListingFormat {
public:
    virtual ~ListingFormat() = default;
    virtual void opening(std::string& out) = 0;
    virtual void row(std::string& out, const ListingEntry& entry) = 0;
    virtual void closing(std::string& out, const ListingEnd& end) = 0;
};

}  // namespace listings
