// The body of an upload as it lies in a file, where a digest that no field announced is checked by reading it again, a
// slice in each turn of the loop. Called by the sinks of uploads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "base/wake_queue.h"
#include "handler/body_digests.h"
#include "http/body.h"

namespace uploads {

/// Read and hashed at once: a seventh of a millisecond for each digest.
inline constexpr std::size_t kReadAgainBytes = 64 * 1024;
/// A longer body is not read again: its client can announce the digest.
inline constexpr std::uint64_t kMaxReadAgainBytes = 8 * 1024 * 1024;

struct StoredBody {
    int file;             ///< open for reading, as long as what follows the check
    std::uint64_t begin;  ///< of the body in the file
    std::uint64_t end;
};

/// What came of comparing the digests of a whole body.
struct DigestCheck {
    std::optional<http::Refusal> fault;  ///< a 400, or a 500 where a digest could not be computed
};

/// The whole body is in, and `digests` hashed it as far as its digests were announced. `trailers`: field lines,
/// CRLF-ended. nullopt: the body has to be read again.
[[nodiscard]] std::optional<DigestCheck> check_digests(handler::BodyDigests& digests, std::string_view trailers,
                                                       const StoredBody& body);

/// What follows the check of a body's digests; it owns the body's file.
using AfterDigests = std::move_only_function<std::unique_ptr<http::PendingResponse>(
    const handler::BodyDigests& digests, const std::optional<http::Refusal>& fault)>;

/// Where check_digests() found nothing: reads the body and goes on with `then`. `wakes` outlives what is returned.
[[nodiscard]] std::unique_ptr<http::PendingResponse> read_again(base::WakeQueue& wakes, handler::BodyDigests digests,
                                                                const StoredBody& body, AfterDigests then);

}  // namespace uploads
