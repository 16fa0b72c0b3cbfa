// Receiving and sending, with what is counted.
#include "server/transport.h"

namespace server {

void Transport::receive(Turn& turn) {
    if (!may_receive()) return;
    const std::span<std::byte> room = input.writable(turn.blocks);
    if (room.empty()) return;
    input.commit(receive_into(room, turn).bytes);
}

net::IoResult Transport::receive_into(std::span<std::byte> room, Turn& turn) {
    const net::IoResult result = stream->receive(room);
    switch (result.status) {
        case net::IoStatus::progress:
            arrival = ++turn.arrivals.latest;
            turn.metrics.bytes_received += result.bytes;
            break;
        case net::IoStatus::would_block: break;
        case net::IoStatus::closed:
        case net::IoStatus::failed: input_end = Input::ended; break;
    }
    return result;
}

net::Flushed Transport::flush(std::uint64_t most_bytes, Turn& turn) {
    const net::Flushed flushed = output.flush(*stream, most_bytes);
    turn.metrics.bytes_sent += flushed.bytes;
    if (flushed.bytes > 0 || output.empty()) progress_ms = turn.clock.now_ms();
    if (flushed.status == net::IoStatus::would_block) unread_bytes = stream->unacknowledged_bytes();
    return flushed;
}

bool Transport::peer_has_read(const Turn& turn) {
    const std::uint64_t left = stream->unacknowledged_bytes();
    const std::uint64_t read = unread_bytes > left ? unread_bytes - left : 0;
    const auto waited_ms = static_cast<std::uint64_t>(turn.clock.now_ms() - progress_ms);
    if (read == 0 || read < turn.config.min_write_rate * waited_ms / 1000) return false;
    unread_bytes = left;
    progress_ms = turn.clock.now_ms();
    return true;
}

}  // namespace server
