// The digests that a client states for the body of its request, and wants of it (RFC 9530): hashes the body while it
// streams, compares at its end, and gives the Repr-Digest of the response. Without libcrypto in the build all of it is
// ignored. Called by everything that takes a body: small_body, the sinks of uploads/, the end of a resumable upload.
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

namespace handler {

/// The refusal of a body that cannot be read again, or is too long for that, and whose digest came too late.
inline constexpr http::Refusal kDigestUnannounced{http::Status::bad_request,
                                                  "a digest in the trailer of a long body must be announced, as in "
                                                  "\"Trailer: Content-Digest\"; nothing was stored."};

class BodyDigests {
public:
    /// What the body is. For a part only Content-Digest counts.
    enum class Covers : std::uint8_t { whole, part };

    /// Reads Content-Digest, Repr-Digest, Want-Repr-Digest and, for trailers to come, Trailer. 400 for a digest that
    /// cannot be understood.
    static std::expected<BodyDigests, http::Refusal> of(const http::Request& request, Covers covers = Covers::whole);
    /// False when there is nothing to hash, as far as is known before the trailers.
    [[nodiscard]] bool any() const {
        return std::ranges::any_of(running_, [](const auto& each) { return each != nullptr; });
    }

    void update(std::span<const std::byte> block);
    /// The whole body is in; its trailers, CRLF-ended field lines, may state more digests. The refusal is a 400.
    std::optional<http::Refusal> take_trailers(std::string_view trailers);
    /// True when a digest is stated that nobody announced, so that it was not hashed while the body came: the caller
    /// gives the whole body to update() once more, or refuses with kDigestUnannounced. After take_trailers().
    [[nodiscard]] bool lacks_some() const;
    /// From here on update() hashes what lacks, from the body's first byte.
    void begin_again();
    /// Compares. The refusal is a 400, or a 500 where a digest that is stated was not hashed.
    std::optional<http::Refusal> finish();
    /// The value of Repr-Digest when the client wanted it; empty otherwise. After finish().
    [[nodiscard]] const std::string& repr_digest() const { return repr_digest_; }
    /// Any digest that was computed, as Repr-Digest has it; empty when none was. After finish().
    [[nodiscard]] std::string computed() const;

private:
    std::optional<http::Refusal> expect(std::string_view value);
    void hash(http::DigestAlgorithm algorithm);
    [[nodiscard]] bool is_hashed(http::DigestAlgorithm algorithm) const;
    void end_running();
    [[nodiscard]] bool matches(const http::Digests& digests) const;

    Covers covers_ = Covers::whole;
    std::vector<http::Digests> expected_;
    std::optional<http::DigestAlgorithm> wanted_;
    std::array<std::unique_ptr<storage::Digester>, http::kDigestAlgorithms> running_;
    std::array<std::string, http::kDigestAlgorithms> results_;
    std::string repr_digest_;
};

}  // namespace handler
