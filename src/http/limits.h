// Every bound on what a request may be, with the reason beside it. Used by the parsers and the connection.
#pragma once

#include <cstddef>
#include <cstdint>

namespace http {

/// The whole head: request line, fields and the empty line. It must fit one input block. Browsers with many
/// cookies send up to 8 KiB; nginx and Apache allow about as much.
inline constexpr std::size_t kMaxHeadBytes = 16 * 1024;
/// The request-target. RFC 9112 §3 asks for request lines of at least 8,000 octets.
inline constexpr std::size_t kMaxTargetBytes = 8 * 1024;
/// Fields of one head. Real clients send fewer than 40.
inline constexpr std::size_t kMaxFields = 100;
/// Empty lines tolerated before a request line (RFC 9112 §2.2 asks for at least one).
inline constexpr std::size_t kMaxEmptyLines = 4;
/// Extension bytes over all the chunks of one body (RFC 9112 §7.1.1 asks for a bound on the total).
inline constexpr std::size_t kMaxChunkExtensionBytes = 16 * 1024;
/// Digits of one chunk size: 16 hold 64 bits.
inline constexpr std::size_t kMaxChunkSizeDigits = 16;
/// The trailer section of one chunked body.
inline constexpr std::size_t kMaxTrailerBytes = 8 * 1024;
/// Ranges of one Range field that are in order and apart: each costs a seek and a part head. Programs that synchronize
/// large files ask for dozens at once.
inline constexpr std::size_t kMaxRanges = 256;
/// Ranges of one Range field that overlap or are out of order: the sign of an attack (RFC 9110 §14.2, CVE-2011-3192).
inline constexpr std::size_t kMaxUnorderedRanges = 16;
/// List members looked at in one field (codings, types, digests); the rest of such a list is ignored as a whole.
inline constexpr std::size_t kMaxListMembers = 64;

}  // namespace http
