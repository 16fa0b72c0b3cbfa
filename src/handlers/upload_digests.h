// What an upload's client says and wants of digests (RFC 9530): hashes the body while it streams, compares at its end,
// and gives the Repr-Digest of the answer. Without libcrypto in the build all of it is ignored. Called by Uploads.
#pragma once

#include <array>
#include <cstddef>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "content/digest.h"
#include "http/digest_field.h"
#include "http/request.h"

namespace handlers {

class UploadDigests {
public:
    /// Reads Content-Digest, Repr-Digest, Want-Repr-Digest and, for trailers to come, Trailer. 400 for a digest that
    /// cannot be understood.
    static std::expected<UploadDigests, http::Refusal> of(const http::Request& request);

    void update(std::span<const std::byte> block);
    /// The whole body is in. `trailers`: field lines, CRLF-ended. `file` holds the body, `bytes` long: a digest in a
    /// trailer that was not announced is checked by reading it back. The refusal is a 400.
    std::optional<http::Refusal> finish(std::string_view trailers, int file, std::uint64_t bytes);
    /// "Repr-Digest: …\r\n" when the client wanted it; empty otherwise. After finish().
    [[nodiscard]] const std::string& answer_field() const { return answer_field_; }

private:
    static constexpr std::size_t kAlgorithms = 2;

    std::optional<http::Refusal> expect(std::string_view value);
    void hash(http::DigestAlgorithm algorithm);
    bool catch_up(http::DigestAlgorithm algorithm, int file, std::uint64_t bytes);
    [[nodiscard]] bool matches(const http::Digests& digests) const;

    std::vector<http::Digests> expected_;
    std::optional<http::DigestAlgorithm> wanted_;
    std::array<std::unique_ptr<content::Digester>, kAlgorithms> running_;
    std::array<std::string, kAlgorithms> results_;
    std::string answer_field_;
};

}  // namespace handlers
