// Responses in the form of HTTP/1 (RFC 9112): a head, then content of a known length or in chunks, into the output
// queue of a connection. Made by the connection for the time of one call.
#pragma once

#include "net/output_queue.h"
#include "server/framer.h"
#include "server/http1/exchange.h"
#include "server/turn.h"

namespace server::http1 {

/// What follows the answer.
enum class Ending : std::uint8_t {
    keep,    ///< another request may come
    drain,   ///< first the rest of this request's body is dropped
    close,   ///< the connection ends; the request was read whole
    linger,  ///< the connection ends; what the peer still sends is read, so that no reset destroys the answer
};

class Framer final : public server::Framer {
public:
    /// `framing`: of the content; begin() sets it, the other calls follow it. `ending`: what the Connection field says;
    /// begin() changes it where only the end of the connection delimits the content. `high_water`: of waiting output.
    Framer(net::OutputQueue& output, http::Framing::Kind& framing, Ending& ending, Turn& turn,
           std::size_t high_water = kHighWaterBytes)
        : output_(output), framing_(framing), ending_(ending), turn_(turn), high_water_(high_water) {}

    void begin(const http::Response& response, const http::Request& request) override;
    [[nodiscard]] std::uint64_t room() const override {
        return output_.bytes() >= high_water_ ? 0 : high_water_ - output_.bytes();
    }
    [[nodiscard]] bool all_sent() const override { return output_.empty(); }
    [[nodiscard]] std::size_t copy(std::span<const std::byte> bytes, Rest rest) override;
    [[nodiscard]] std::size_t share(const std::shared_ptr<const void>& owner, std::span<const std::byte> bytes,
                                    Rest rest) override;
    [[nodiscard]] std::uint64_t send_file(const http::FileSlice& part) override;
    [[nodiscard]] std::span<std::byte> reserve(std::size_t least) override;
    void commit(std::size_t bytes, Rest rest) override;

private:
    net::OutputQueue& output_;
    http::Framing::Kind& framing_;
    Ending& ending_;
    Turn& turn_;
    std::size_t high_water_;
    std::span<std::byte> chunk_;  ///< the memory of which reserve() gave out a part
};

}  // namespace server::http1
