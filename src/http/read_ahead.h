// Keeps one reader of a file ahead of the disk: bytes are brought into memory before they are read, so that the loop
// does not wait for them. Used by whatever reads or sends files piece by piece: the response producer, the source that
// compresses files, archives, digests.
#pragma once

#include <cstdint>

#include "http/body.h"

namespace http {

/// One reader of one file, which reads from the front to the back.
class ReadAhead {
public:
    /// Bytes that are asked for at once, and that the disk is ahead of a reader while it reads.
    static constexpr std::uint64_t kWindowBytes = 512 * 1024;

    /// How many of the `length` bytes from `offset`, at least 1, can be read without waiting for the disk. 0: ask again
    /// when `wake` comes back, which may also come without need. With another `wake` the disk is asked again.
    [[nodiscard]] std::uint64_t ready(const BodyFile& file, std::uint64_t offset, std::uint64_t length, Wake wake);

private:
    std::uint64_t until_ = 0;         ///< what lies before it is in memory, as far as it was asked for
    std::uint64_t coming_until_ = 0;  ///< likewise, once coming_ is true
    Arrival coming_;                  ///< null while nothing is asked for
    Wake wake_ = 0;                   ///< that coming_ brings
};

}  // namespace http
