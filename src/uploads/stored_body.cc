// Reads a body again.
#include "uploads/stored_body.h"

#include <algorithm>
#include <span>
#include <vector>

#include "base/file_io.h"

namespace uploads {
namespace {

/// Up to here a digest in a trailer that nobody announced is checked by reading the body again: a few milliseconds.
constexpr std::uint64_t kMaxReadBackBytes = 8 * 1024 * 1024;
constexpr std::size_t kReadBackBlock = 64 * 1024;

bool read_again(handler::BodyDigests& digests, const StoredBody& body) {
    std::vector<std::byte> block(kReadBackBlock);
    digests.begin_again();
    for (std::uint64_t at = body.begin; at < body.end;) {
        const auto part =
            std::span(block).first(static_cast<std::size_t>(std::min<std::uint64_t>(body.end - at, block.size())));
        if (!base::read_exactly(body.file, at, part)) return false;
        digests.update(part);
        at += part.size();
    }
    return true;
}

}  // namespace

std::optional<http::Refusal> check_digests(handler::BodyDigests& digests, std::string_view trailers,
                                           const StoredBody& body) {
    if (const auto refusal = digests.take_trailers(trailers)) return refusal;
    if (digests.lacks_some()) {
        if (body.end - body.begin > kMaxReadBackBytes) return handler::kDigestUnannounced;
        if (!read_again(digests, body)) {
            return http::Refusal{http::Status::internal_server_error, "the digest could not be computed."};
        }
    }
    return digests.finish();
}

}  // namespace uploads
