// What a connection stands on, whatever it speaks: its stream, what was received and not used yet, what waits to be
// sent, and how far either direction has ended. Part of each connection; it can be moved to one that speaks another
// protocol.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "base/byte_buffer.h"
#include "base/clock.h"
#include "http/client.h"
#include "http/request.h"
#include "http/user.h"
#include "net/address.h"
#include "net/output_queue.h"
#include "net/stream.h"
#include "server/patience.h"
#include "server/turn.h"

namespace server {

struct Transport {
    enum class Input : std::uint8_t { open, ended };
    enum class Output : std::uint8_t { open, shut, lost };  ///< lost: bytes are missing, nothing may follow

    Transport(std::unique_ptr<net::Stream> its_stream, net::PeerAddress its_peer, base::MonotonicMs now_ms)
        : stream(std::move(its_stream)), progress_ms(now_ms), sending_ms(now_ms), peer(its_peer) {}

    std::unique_ptr<net::Stream> stream;
    base::ByteBuffer input;
    net::OutputQueue output;
    std::size_t high_water = kHighWaterBytes;  ///< lower while memory is short and this connection holds much
    std::uint64_t arrival = 0;                 ///< of the last bytes received (base::ArrivalClock)
    base::MonotonicMs progress_ms = 0;         ///< since when the peer has to read at the least rate
    base::MonotonicMs sending_ms = 0;          ///< since when output has waited without a break; when none last waited
    std::uint64_t sent_bytes = 0;              ///< given to the stream since the beginning
    std::uint64_t read_bytes = 0;              ///< of these, acknowledged by the peer when that was last asked
    std::uint64_t marked_bytes = 0;            ///< of these, at progress_ms
    Patience patience;                         ///< for what it acknowledged
    net::PeerAddress peer;
    http::Client client;                          ///< of the connection; for each request see Exchange::identify()
    std::shared_ptr<const http::User> certified;  ///< of the last request; see http::Request
    Input input_end = Input::open;
    Output output_end = Output::open;

    /// True while more input may be taken: nothing is taken while the waiting output is above its high-water mark.
    [[nodiscard]] bool may_receive() const { return input_end == Input::open && output.bytes() < high_water; }
    /// Reads at most once from the stream into `input`, when more input may be taken.
    void receive(Turn& turn);
    /// The same into other memory: only while the input is open. An end or a failure ends the input.
    [[nodiscard]] net::IoResult receive_into(std::span<std::byte> room, Turn& turn);
    /// Says in a new request what is known by its connection: whether that is secured, and who the client is by its
    /// certificate.
    void describe(http::Request& request) {
        request.is_secure = stream->is_encrypted();
        if (request.is_secure) name_client(request);
    }
    /// Sends at most `most_bytes` of what waits.
    [[nodiscard]] net::Flushed flush(std::uint64_t most_bytes, Turn& turn);

    void name_client(http::Request& request);

    /// The peer has read enough, or nothing waits for it: the time for more begins.
    void begin_waiting(base::MonotonicMs now_ms) {
        progress_ms = now_ms;
        marked_bytes = read_bytes;
    }
    /// Nothing waits to be sent.
    void note_all_sent(base::MonotonicMs now_ms) {
        begin_waiting(now_ms);
        sending_ms = now_ms;
    }
    /// What is held for both directions.
    [[nodiscard]] std::size_t memory_bytes() const {
        return input.memory_bytes() + (output.empty() ? 0 : output.memory_bytes()) + stream->memory_bytes();
    }
    /// Asked when write_due_ms() has come. True when the peer has read meanwhile, at least at the lowest rate: it gets
    /// as long again. The kernel's buffer can hold what a slow line takes in a minute, and accepts nothing more all
    /// that time.
    [[nodiscard]] bool peer_has_read(const Turn& turn);

    /// Shuts the write side after the last byte. Idempotent.
    void shut_down_write() {
        stream->shut_down_write();
        output_end = Output::shut;
    }
    /// Drops the waiting output: a later answer would be taken for the missing rest of the one before.
    void lose_output() {
        output.clear();
        output_end = Output::lost;
    }

    /// `reads`: the connection wants input now.
    [[nodiscard]] net::Interest interest(bool reads, bool sends) const {
        const net::Interest read = reads && may_receive() ? net::Interest::read : net::Interest::none;
        const net::Interest write = sends ? net::Interest::write : net::Interest::none;
        return read | write | stream->wants();
    }
    /// True when the stream has wanted bytes that no event will announce. `reads`: as for interest().
    [[nodiscard]] bool has_unannounced(bool reads) const { return stream->has_buffered() && reads && may_receive(); }
    /// When the peer must have read some of the output that waits.
    [[nodiscard]] base::MonotonicMs write_due_ms(const ServerConfig& config) const {
        return std::max(progress_ms + config.write_timeout_ms, patience.until_ms());
    }
};

}  // namespace server
