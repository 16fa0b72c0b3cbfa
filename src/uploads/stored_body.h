// The body of an upload as it lies in a file, where a digest that no field announced is checked by reading it again.
// Called by the sinks of uploads.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "handler/body_digests.h"

namespace uploads {

struct StoredBody {
    int file;             ///< open for reading
    std::uint64_t begin;  ///< of the body in the file
    std::uint64_t end;
};

/// The whole body is in, and `digests` hashed it as far as its digests were announced. `trailers`: field lines,
/// CRLF-ended. The refusal is a 400, or a 500 where the body cannot be read.
std::optional<http::Refusal> check_digests(handler::BodyDigests& digests, std::string_view trailers,
                                           const StoredBody& body);

}  // namespace uploads
