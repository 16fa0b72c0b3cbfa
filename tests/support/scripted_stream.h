// A net::Stream that plays a script: what the peer sends, when nothing is there, how it ends, and how much the kernel
// takes. Records everything that was sent. With it connections are driven without sockets and without waiting.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <deque>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include "net/stream.h"

class ScriptedStream final : public net::Stream {
public:
    static constexpr std::size_t kUnlimited = std::numeric_limits<std::size_t>::max();

    // The peer's side: steps that receive() plays in order. After the last one: would_block.

    /// Bytes that arrive together; one receive() never crosses into the next step.
    ScriptedStream& incoming(std::string_view bytes) {
        if (!bytes.empty()) steps_.push_back({net::IoStatus::progress, std::string(bytes), 0});
        return *this;
    }
    /// Every byte arrives alone, each followed by a would_block when `pause` is set.
    ScriptedStream& incoming_bytewise(std::string_view bytes, bool pause = false) {
        for (const char byte : bytes) {
            incoming(std::string_view(&byte, 1));
            if (pause) would_block();
        }
        return *this;
    }
    /// One receive() that finds nothing.
    ScriptedStream& would_block() {
        steps_.push_back({net::IoStatus::would_block, {}, 0});
        return *this;
    }
    /// The peer shuts its write side; stays so.
    ScriptedStream& eof() {
        steps_.push_back({net::IoStatus::closed, {}, 0});
        return *this;
    }
    /// Receiving fails; stays so.
    ScriptedStream& fail_receive(int error = ECONNRESET) {
        steps_.push_back({net::IoStatus::failed, {}, error});
        return *this;
    }

    // The kernel's side.

    /// Each send() and send_file() takes at most this many bytes (short writes).
    void limit_each_send(std::size_t bytes) { each_send_ = bytes; }
    /// Only this many bytes are taken in all from now on, then sending would block; kUnlimited lifts it.
    void set_send_room(std::size_t bytes) { send_room_ = bytes; }
    void add_send_room(std::size_t bytes) {
        send_room_ = send_room_ > kUnlimited - bytes ? kUnlimited : send_room_ + bytes;
    }
    /// Sending answers closed (the peer is gone).
    void close_sending() { send_outcome_ = {net::IoStatus::closed, 0, 0}; }
    /// Sending fails.
    void fail_sending(int error) { send_outcome_ = {net::IoStatus::failed, 0, error}; }

    // What a stream that codes its bytes says of itself.

    /// Of what was sent, this much is on its way.
    void set_unacknowledged(std::uint64_t bytes) { unacknowledged_ = bytes; }
    [[nodiscard]] std::uint64_t unacknowledged_bytes() const override { return unacknowledged_; }
    void set_wants(net::Interest interest) { wants_ = interest; }
    /// True until a receive() finds no bytes.
    void set_has_buffered() { has_buffered_ = true; }
    void set_sends_no_files() { can_send_files_ = false; }

    // What happened.

    [[nodiscard]] const std::string& sent() const { return sent_; }
    /// What was sent since the last call.
    std::string take_sent() { return std::exchange(sent_, {}); }
    [[nodiscard]] bool write_shut() const { return write_shut_; }
    [[nodiscard]] bool aborted() const { return aborted_; }
    /// No step waits to be received.
    [[nodiscard]] bool script_done() const { return steps_.empty(); }
    /// Bytes of the script not yet received.
    [[nodiscard]] std::size_t unreceived_bytes() const {
        std::size_t total = 0;
        for (const Step& step : steps_) total += step.bytes.size();
        return total;
    }
    /// Calls of each kind, whatever they answered.
    int receives = 0;
    int sends = 0;
    int file_sends = 0;
    /// Pieces in the largest send(), and what the last send() said about more.
    std::size_t most_pieces = 0;
    bool last_more = false;
    /// A send after the write side was shut, which a socket would answer with EPIPE: a fault of the caller.
    bool sent_after_shut = false;

    net::IoResult receive(std::span<std::byte> into) override {
        ++receives;
        if (steps_.empty() || steps_.front().status != net::IoStatus::progress) has_buffered_ = false;
        if (steps_.empty()) return {net::IoStatus::would_block};
        Step& step = steps_.front();
        if (step.status == net::IoStatus::would_block) {
            steps_.pop_front();
            return {net::IoStatus::would_block};
        }
        if (step.status != net::IoStatus::progress) return {step.status, 0, step.error};
        const std::size_t count = std::min(into.size(), step.bytes.size());
        std::memcpy(into.data(), step.bytes.data(), count);
        step.bytes.erase(0, count);
        if (step.bytes.empty()) steps_.pop_front();
        return {net::IoStatus::progress, count};
    }

    net::IoResult peek(std::span<std::byte> into) override {
        if (steps_.empty()) return {net::IoStatus::would_block};
        const Step step = steps_.front();
        if (step.status != net::IoStatus::progress) return receive(into);
        const std::size_t count = std::min(into.size(), step.bytes.size());
        std::memcpy(into.data(), step.bytes.data(), count);
        return {net::IoStatus::progress, count};
    }

    net::IoResult send(std::span<const iovec> pieces, bool more) override {
        ++sends;
        most_pieces = std::max(most_pieces, pieces.size());
        last_more = more;
        if (const net::IoResult refused = refuse_send(); refused.status != net::IoStatus::progress) return refused;
        std::size_t room = std::min(each_send_, send_room_);
        std::size_t count = 0;
        for (const iovec& piece : pieces) {
            const std::size_t part = std::min(room, piece.iov_len);
            sent_.append(static_cast<const char*>(piece.iov_base), part);
            count += part;
            room -= part;
            if (part < piece.iov_len) break;
        }
        use_room(count);
        return {net::IoStatus::progress, count};
    }

    net::IoResult send_file(int file, std::uint64_t offset, std::size_t length) override {
        ++file_sends;
        if (const net::IoResult refused = refuse_send(); refused.status != net::IoStatus::progress) return refused;
        std::string bytes(std::min({length, each_send_, send_room_, kMostFileBytes}), '\0');
        const ssize_t got = ::pread(file, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (got < 0) return {net::IoStatus::failed, 0, errno};
        if (got == 0) return {net::IoStatus::failed, 0, 0};
        sent_.append(bytes, 0, static_cast<std::size_t>(got));
        use_room(static_cast<std::size_t>(got));
        return {net::IoStatus::progress, static_cast<std::size_t>(got)};
    }

    void shut_down_write() override { write_shut_ = true; }
    void abort() override { aborted_ = true; }

private:
    struct Step {
        net::IoStatus status;
        std::string bytes;
        int error;
    };
    static constexpr std::size_t kMostFileBytes = 1 << 20;

    net::IoResult refuse_send() {
        if (write_shut_) {
            sent_after_shut = true;
            return {net::IoStatus::closed};
        }
        if (send_outcome_.status != net::IoStatus::progress) return send_outcome_;
        if (send_room_ == 0 || each_send_ == 0) return {net::IoStatus::would_block};
        return {net::IoStatus::progress};
    }
    void use_room(std::size_t count) {
        if (send_room_ != kUnlimited) send_room_ -= count;
    }

    std::deque<Step> steps_;
    std::string sent_;
    std::size_t each_send_ = kUnlimited;
    std::size_t send_room_ = kUnlimited;
    net::IoResult send_outcome_{net::IoStatus::progress};
    bool write_shut_ = false;
    bool aborted_ = false;
    std::uint64_t unacknowledged_ = 0;
};
