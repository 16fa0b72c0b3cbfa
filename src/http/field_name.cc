// Known field names, found by a switch on the length and at most one byte more, then one comparison of whole words.
#include "http/field_name.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace http {

namespace {

constexpr std::array<std::string_view, 46> kNames{
    "",
    "Accept",
    "Accept-Encoding",
    "Access-Control-Request-Headers",
    "Access-Control-Request-Method",
    "Authorization",
    "Connection",
    "Content-Digest",
    "Content-Disposition",
    "Content-Encoding",
    "Content-Length",
    "Content-Range",
    "Content-Type",
    "Cookie",
    "Date",
    "Depth",
    "Destination",
    "Expect",
    "Forwarded",
    "Host",
    "If",
    "If-Match",
    "If-Modified-Since",
    "If-None-Match",
    "If-Range",
    "If-Unmodified-Since",
    "Keep-Alive",
    "Lock-Token",
    "Origin",
    "Overwrite",
    "Range",
    "Referer",
    "Repr-Digest",
    "TE",
    "Timeout",
    "Trailer",
    "Transfer-Encoding",
    "Upgrade",
    "Upload-Complete",
    "Upload-Draft-Interop-Version",
    "Upload-Length",
    "Upload-Offset",
    "User-Agent",
    "Want-Content-Digest",
    "Want-Repr-Digest",
    "X-Forwarded-For",
};
static_assert(kNames.size() == static_cast<std::size_t>(FieldName::x_forwarded_for) + 1);

constexpr bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

/// `Word` filled with the name's bytes from `offset`, in memory order: in lower case, or the bit that makes it so.
template <class Word>
constexpr Word pack(std::string_view name, std::size_t offset, bool case_bits) {
    std::array<unsigned char, sizeof(Word)> bytes{};
    for (std::size_t i = 0; i < sizeof(Word); ++i) {
        const char c = name[offset + i];
        const auto bit = static_cast<unsigned char>(is_letter(c) ? 0x20 : 0);
        bytes[i] = case_bits ? bit : static_cast<unsigned char>(static_cast<unsigned char>(c) | bit);
    }
    return std::bit_cast<Word>(bytes);
}

template <FieldName Name, class Word, std::size_t Offset>
bool equal_word(const char* text) {
    constexpr std::string_view kName = kNames[static_cast<std::size_t>(Name)];
    constexpr Word kCaseBits = pack<Word>(kName, Offset, true);
    constexpr Word kLower = pack<Word>(kName, Offset, false);
    Word word;
    std::memcpy(&word, text + Offset, sizeof word);
    return static_cast<Word>(word | kCaseBits) == kLower;
}

/// Compares all words; the last one overlaps the one before, so nothing behind the name is read.
template <FieldName Name, class Word, std::size_t Offset = 0>
bool equal_words(const char* text) {
    constexpr std::size_t kLength = kNames[static_cast<std::size_t>(Name)].size();
    if constexpr (Offset >= kLength) {
        return true;
    } else {
        return equal_word<Name, Word, std::min(Offset, kLength - sizeof(Word))>(text) &&
               equal_words<Name, Word, Offset + sizeof(Word)>(text);
    }
}

/// `text` has the length of the name.
template <FieldName Name>
FieldName match(const char* text) {
    constexpr std::size_t kLength = kNames[static_cast<std::size_t>(Name)].size();
    bool equal = false;
    if constexpr (kLength >= 8) {
        equal = equal_words<Name, std::uint64_t>(text);
    } else if constexpr (kLength >= 4) {
        equal = equal_words<Name, std::uint32_t>(text);
    } else {
        equal = equal_words<Name, std::uint16_t>(text);
    }
    return equal ? Name : FieldName::other;
}

}  // namespace

FieldName find_field_name(std::string_view name) {
    using enum FieldName;
    const char* const text = name.data();
    // For a letter or '-' this is its lower case; anything else is refused by the comparison that follows.
    const auto lower = [text](std::size_t i) { return static_cast<char>(text[i] | 0x20); };
    switch (name.size()) {
        case 2: return lower(0) == 't' ? match<te>(text) : match<dav_if>(text);
        case 4: return lower(0) == 'h' ? match<host>(text) : match<date>(text);
        case 5: return lower(0) == 'd' ? match<depth>(text) : match<range>(text);
        case 6:
            switch (lower(0)) {
                case 'a': return match<accept>(text);
                case 'c': return match<cookie>(text);
                case 'e': return match<expect>(text);
                default: return match<origin>(text);
            }
        case 7:
            if (lower(0) == 'r') return match<referer>(text);
            if (lower(0) == 't') return lower(1) == 'r' ? match<trailer>(text) : match<timeout>(text);
            return match<upgrade>(text);
        case 8: return lower(3) == 'm' ? match<if_match>(text) : match<if_range>(text);
        case 9: return lower(0) == 'o' ? match<overwrite>(text) : match<forwarded>(text);
        case 10:
            if (lower(0) == 'u') return match<user_agent>(text);
            if (lower(0) == 'l') return match<lock_token>(text);
            return lower(0) == 'c' ? match<connection>(text) : match<keep_alive>(text);
        case 11: return lower(0) == 'd' ? match<destination>(text) : match<repr_digest>(text);
        case 12: return match<content_type>(text);
        case 13:
            switch (lower(8)) {
                case 'a': return match<authorization>(text);
                case 'e': return match<upload_length>(text);
                case 'f': return match<upload_offset>(text);
                case 'm': return match<if_none_match>(text);
                default: return match<content_range>(text);
            }
        case 14: return lower(8) == 'l' ? match<content_length>(text) : match<content_digest>(text);
        case 15:
            if (lower(0) == 'a') return match<accept_encoding>(text);
            return lower(0) == 'u' ? match<upload_complete>(text) : match<x_forwarded_for>(text);
        case 16: return lower(0) == 'c' ? match<content_encoding>(text) : match<want_repr_digest>(text);
        case 17: return lower(0) == 'i' ? match<if_modified_since>(text) : match<transfer_encoding>(text);
        case 19:
            if (lower(0) == 'c') return match<content_disposition>(text);
            return lower(0) == 'i' ? match<if_unmodified_since>(text) : match<want_content_digest>(text);
        case 28: return match<upload_draft_interop_version>(text);
        case 29: return match<access_control_request_method>(text);
        case 30: return match<access_control_request_headers>(text);
        default: return other;
    }
}

std::string_view field_name_text(FieldName name) { return kNames[static_cast<std::size_t>(name)]; }

}  // namespace http
