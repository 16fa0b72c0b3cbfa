// The two directions of one simulated connection, and the stream that the server has of it. Bytes of the client are on
// their way until a step lets them arrive; bytes of the server lie in a buffer of bounded size until the client reads.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "net/stream.h"

namespace simulation {

struct Wire {
    // The client's side.
    std::string on_way;           ///< sent by the client, not arrived
    bool ends_after_way = false;  ///< the client shuts its side once all of that has arrived
    // What has arrived at the server.
    std::string arrived;
    bool ended = false;   ///< the client has shut its side
    bool reset = false;   ///< the client is gone
    bool closed = false;  ///< what the server sends from here on is answered with a reset
    // The server's side.
    std::string unread;              ///< sent by the server, not read by the client
    std::size_t room_bytes = 65536;  ///< of unread bytes at most
    bool server_ended = false;       ///< the server has shut its side, or closed in an orderly way
    bool server_reset = false;       ///< the client sees a reset in place of what it has not read
    bool server_gone = false;        ///< the stream is destroyed
    bool sent_after_end = false;     ///< the server sent after it had shut its side

    [[nodiscard]] bool is_readable() const { return !arrived.empty() || ended || reset; }
    [[nodiscard]] bool is_writable() const { return reset || unread.size() < room_bytes; }
    /// Up to `count` bytes arrive, and the end behind the last one.
    void deliver(std::size_t count) {
        const std::size_t moved = std::min(count, on_way.size());
        arrived.append(on_way, 0, moved);
        on_way.erase(0, moved);
        if (on_way.empty() && ends_after_way) ended = true;
    }
};

class SimulatedStream final : public net::Stream {
public:
    explicit SimulatedStream(std::shared_ptr<Wire> wire) : wire_(std::move(wire)) {}
    ~SimulatedStream() override {
        wire_->server_gone = true;
        // A socket that is closed over bytes that nobody received resets the connection as well.
        if (aborts_ || !wire_->arrived.empty()) {
            wire_->server_reset = true;
        } else {
            wire_->server_ended = true;
        }
    }

    net::IoResult receive(std::span<std::byte> into) override {
        if (wire_->reset) return {net::IoStatus::failed, 0, ECONNRESET};
        if (wire_->arrived.empty()) return {wire_->ended ? net::IoStatus::closed : net::IoStatus::would_block};
        const std::size_t count = std::min(into.size(), wire_->arrived.size());
        std::memcpy(into.data(), wire_->arrived.data(), count);
        wire_->arrived.erase(0, count);
        return {net::IoStatus::progress, count};
    }
    net::IoResult send(std::span<const iovec> pieces, bool /*more*/) override {
        if (const net::IoStatus status = look(); status != net::IoStatus::progress) return {status};
        std::size_t count = 0;
        for (const iovec& piece : pieces) {
            const std::size_t part = std::min(piece.iov_len, wire_->room_bytes - wire_->unread.size());
            wire_->unread.append(static_cast<const char*>(piece.iov_base), part);
            count += part;
            if (part < piece.iov_len) break;
        }
        return {net::IoStatus::progress, count};
    }
    net::IoResult send_file(int file, std::uint64_t offset, std::size_t length) override {
        if (const net::IoStatus status = look(); status != net::IoStatus::progress) return {status};
        std::string bytes(std::min(length, wire_->room_bytes - wire_->unread.size()), '\0');
        const ssize_t got = ::pread(file, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (got <= 0) return {net::IoStatus::failed, 0, got < 0 ? errno : 0};
        wire_->unread.append(bytes, 0, static_cast<std::size_t>(got));
        return {net::IoStatus::progress, static_cast<std::size_t>(got)};
    }
    [[nodiscard]] std::uint64_t unacknowledged_bytes() const override { return wire_->unread.size(); }
    void shut_down_write() override { wire_->server_ended = true; }
    void abort() override { aborts_ = true; }

private:
    net::IoStatus look() {
        if (wire_->server_ended) wire_->sent_after_end = true;
        if (wire_->closed) wire_->reset = true;
        if (wire_->reset || wire_->server_ended) return net::IoStatus::closed;
        return wire_->unread.size() < wire_->room_bytes ? net::IoStatus::progress : net::IoStatus::would_block;
    }

    std::shared_ptr<Wire> wire_;
    bool aborts_ = false;
};

}  // namespace simulation
