// Responses in the form of HTTP/2 (RFC 9113 §8.1): the head goes to the session, content becomes the payload of one
// DATA frame in the output queue. Made by the connection for the time of one call.
#pragma once

#include <cstring>
#include <vector>

#include "net/output_queue.h"
#include "server/framer.h"
#include "server/http2/exchange.h"
#include "server/http2/session.h"
#include "server/turn.h"

namespace server::http2 {

/// The head of a DATA frame; the session fills it in when the payload is there.
inline constexpr std::size_t kFrameHeadBytes = 9;

class Framer final : public server::Framer {
public:
    /// `most`: bytes of payload that the frame may have.
    Framer(net::OutputQueue& output, Session& session, Exchange& exchange, Turn& turn, std::size_t most)
        : output_(output), session_(session), exchange_(exchange), turn_(turn), most_(most) {}

    /// Not more than once for an exchange.
    void begin(const http::Response& response, const http::Request& request) override;
    /// After begin(): no content follows, and the head said so.
    [[nodiscard]] bool is_whole() const { return is_whole_; }

    [[nodiscard]] std::uint64_t room() const override { return most_ - bytes_; }
    /// Always: what is given was copied, or does not change.
    [[nodiscard]] bool all_sent() const override { return true; }
    [[nodiscard]] std::size_t copy(std::span<const std::byte> bytes, Rest rest) override;
    [[nodiscard]] std::size_t share(const std::shared_ptr<const void>& owner, std::span<const std::byte> bytes,
                                    Rest rest) override;
    /// Copies as well: a call of the kernel for each frame of 16 KiB would cost more.
    [[nodiscard]] std::uint64_t send_file(const http::FileSlice& part) override;
    [[nodiscard]] std::span<std::byte> reserve(std::size_t least) override;
    void commit(std::size_t bytes, Rest rest) override;

    /// Gives what was made earlier and found no room.
    void give_kept();

    /// Of the payload.
    [[nodiscard]] std::size_t bytes() const { return bytes_; }
    /// Where the frame's head belongs; null where there is no payload.
    [[nodiscard]] std::byte* head() const { return head_; }
    /// A file could not be read.
    [[nodiscard]] bool has_failed() const { return has_failed_; }

private:
    void begin_frame();
    [[nodiscard]] std::size_t fitting(std::size_t bytes) const { return std::min(bytes, most_ - bytes_); }

    net::OutputQueue& output_;
    Session& session_;
    Exchange& exchange_;
    Turn& turn_;
    std::size_t most_;
    std::size_t bytes_ = 0;
    std::byte* head_ = nullptr;
    std::span<std::byte> reserved_;  ///< with room for the frame's head in front where there is none yet
    bool is_whole_ = false;
    bool has_failed_ = false;
};

}  // namespace server::http2
