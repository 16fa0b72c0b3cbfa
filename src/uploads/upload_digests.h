// The digests that the client of an upload states and wants (RFC 9530): hashes the body while it streams, compares at
// its end, and gives the Repr-Digest of the response. Without libcrypto in the build all of it is ignored. Called by
// the upload sinks and by the end of a resumable upload.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "http/digest_field.h"
#include "http/request.h"
#include "storage/digest.h"

namespace uploads {

class UploadDigests {
public:
    /// What the body is. For a part only Content-Digest counts.
    enum class Covers : std::uint8_t { whole, part };

    /// Reads Content-Digest, Repr-Digest, Want-Repr-Digest and, for trailers to come, Trailer. 400 for a digest that
    /// cannot be understood.
    static std::expected<UploadDigests, http::Refusal> of(const http::Request& request, Covers covers = Covers::whole);
    /// False when there is nothing to hash, as far as is known before the trailers.
    [[nodiscard]] bool any() const {
        return std::ranges::any_of(running_, [](const auto& each) { return each != nullptr; });
    }

    void update(std::span<const std::byte> block);
    /// The whole body is in. `trailers`: field lines, CRLF-ended. `file` holds the body up to `end`, from
    /// `begin`: a digest in a trailer that was not announced is checked by reading it back. The refusal is a 400.
    std::optional<http::Refusal> finish(std::string_view trailers, int file, std::uint64_t end,
                                        std::uint64_t begin = 0);
    /// The value of Repr-Digest when the client wanted it; empty otherwise. After finish().
    [[nodiscard]] const std::string& repr_digest() const { return repr_digest_; }
    /// Any digest that was computed, as Repr-Digest has it; empty when none was. After finish().
    [[nodiscard]] std::string computed() const;

private:
    std::optional<http::Refusal> expect(std::string_view value);
    void hash(http::DigestAlgorithm algorithm);
    bool catch_up(http::DigestAlgorithm algorithm, int file, std::uint64_t begin, std::uint64_t end);
    [[nodiscard]] bool matches(const http::Digests& digests) const;

    Covers covers_ = Covers::whole;
    std::vector<http::Digests> expected_;
    std::optional<http::DigestAlgorithm> wanted_;
    std::array<std::unique_ptr<storage::Digester>, http::kDigestAlgorithms> running_;
    std::array<std::string, http::kDigestAlgorithms> results_;
    std::string repr_digest_;
};

}  // namespace uploads
