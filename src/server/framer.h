// How a response gets its form on the wire: HTTP/1 writes a head, then content by its length or in chunks
// (server/http1/framer.h). Implemented by each wire format; the response producer gives the content and sees nothing of
// the form.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "http/body.h"
#include "http/request.h"
#include "http/response.h"

namespace server {

/// Says what follows the given bytes, so that the end leaves together with the last bytes.
enum class Rest : std::uint8_t { more, nothing };

/// Room that reserve() can be asked for at most.
inline constexpr std::size_t kMostReservedBytes = 8 * 1024;

class Framer {
public:
    virtual ~Framer() = default;

    /// The head of `response`, the answer to `request`. Once, before any content.
    virtual void begin(const http::Response& response, const http::Request& request) = 0;

    /// How many bytes of content may be given now; 0: call again when some output has left. share() and send_file() may
    /// exceed it, because they copy nothing.
    [[nodiscard]] virtual std::uint64_t room() const = 0;
    /// True when everything that was given has left.
    [[nodiscard]] virtual bool all_sent() const = 0;

    // Each takes the first bytes of its argument and returns how many; fewer than all means that there is no more room
    // now. `rest` is what follows the last of them.

    /// Copies.
    [[nodiscard]] virtual std::size_t copy(std::span<const std::byte> bytes, Rest rest) = 0;
    /// Sends the bytes from where they are; `owner` keeps them alive and unchanged.
    [[nodiscard]] virtual std::size_t share(const std::shared_ptr<const void>& owner, std::span<const std::byte> bytes,
                                            Rest rest) = 0;
    /// Sends a part of a file, which is never the last of the content.
    [[nodiscard]] virtual std::uint64_t send_file(const http::FileSlice& part) = 0;

    /// Memory for content that is written in place: at least `least` bytes (1 to kMostReservedBytes). Only while
    /// room() is not 0; exactly one commit() follows.
    [[nodiscard]] virtual std::span<std::byte> reserve(std::size_t least) = 0;
    /// The first `bytes` of the reserved memory are content; 0 gives it back.
    virtual void commit(std::size_t bytes, Rest rest) = 0;
};

}  // namespace server
