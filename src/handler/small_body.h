// A body that is needed whole before its request can be answered: a record, the form of an action or of a page. It is
// kept in memory within a bound, and held to the digests that its client states. Owned by the sinks of such bodies.
#pragma once

#include <cstddef>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "handler/body_digests.h"
#include "http/framing.h"
#include "http/request.h"
#include "http/response.h"

namespace handler {

class SmallBody {
public:
    /// Of `request`, before its body is read. 415 for a coded one, 400 for a digest that cannot be understood.
    static std::expected<SmallBody, http::Response> of(const http::Request& request, std::size_t limit_bytes);

    /// Takes all of `block`, or refuses with 413.
    std::expected<void, http::Refusal> write(std::span<const std::byte> block);
    /// The body, which is all in. 400 when it has not the digests that its head or `trailers` state. Once.
    std::expected<std::string, http::Refusal> finish(std::string_view trailers);
    [[nodiscard]] std::size_t memory_bytes() const { return bytes_.capacity(); }

private:
    SmallBody(BodyDigests digests, std::size_t limit_bytes) : digests_(std::move(digests)), limit_bytes_(limit_bytes) {}

    BodyDigests digests_;
    std::size_t limit_bytes_;
    std::string bytes_;
};

}  // namespace handler
