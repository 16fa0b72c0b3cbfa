// Builds a request from the fields of HTTP/2 (RFC 9113 §8.2, §8.3), one after the other, by the rules and with the
// words of an HTTP/1 head. It knows no frames; whoever decodes them has checked what the wire format itself forbids:
// upper case, connection fields, the order of pseudo-fields, bytes that no name or value can hold. Called by
// http2::Connection.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/framing.h"
#include "http/request.h"

namespace http {

class HeadBuilder {
public:
    /// For the next request; keeps the memory of its text.
    void reset();

    /// Takes a field. What is too much is not kept, and refused in finish(). Both views may end with the call.
    void add(std::string_view name, std::string_view value, Request& request);
    /// Fields that were not kept.
    [[nodiscard]] std::size_t dropped() const { return dropped_; }

    /// All fields are in. `has_end`: nothing follows the head. Fills `request`, whose text stays here until reset(); a
    /// refused one is filled as far as the logs need it. `request` is the one of every add().
    [[nodiscard]] std::optional<Refusal> finish(bool has_end, Request& request);

private:
    enum class Part : std::uint8_t { method, scheme, authority, path };

    void refuse(Status status, std::string_view reason);
    void add_pseudo(std::string_view name, std::string_view value, Request& request);
    Slice keep(std::string_view text);
    [[nodiscard]] bool has_room_for(std::size_t bytes) const;
    void read_target(Request& request);
    void read_authority(Request& request);
    void join_cookies(Request& request);
    void read_framing(bool has_end, Request& request);

    std::string text_;
    std::optional<Slice> scheme_;
    std::optional<Slice> authority_;
    std::optional<Refusal> refusal_;
    std::size_t dropped_ = 0;
};

}  // namespace http
