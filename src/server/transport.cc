// Receiving and sending, with what is counted.
#include "server/transport.h"

#include <algorithm>
#include <string>
#include <string_view>

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
        case net::IoStatus::failed:
            if (const std::string_view why = stream->refusal(); !why.empty()) {
                turn.error_log.append(turn.clock, "notice", &peer, why);
            }
            [[fallthrough]];
        case net::IoStatus::closed: input_end = Input::ended; break;
    }
    return result;
}

void Transport::name_client(http::Request& request) {
    const std::string_view name = stream->peer_name();
    if (name.empty()) {
        certified.reset();
    } else if (certified == nullptr) {
        certified = std::make_shared<const http::User>(
            http::User{.name = std::string(name), .groups = {}, .has_account = false});
    }
    request.certified = certified;
}

net::Flushed Transport::flush(std::uint64_t most_bytes, Turn& turn) {
    const net::Flushed flushed = output.flush(*stream, most_bytes);
    turn.metrics.bytes_sent += flushed.bytes;
    sent_bytes += flushed.bytes;
    if (output.empty()) {
        note_all_sent(turn.clock.now_ms());
    } else if (flushed.status == net::IoStatus::would_block) {
        (void)peer_has_read(turn);
    }
    return flushed;
}

bool Transport::peer_has_read(const Turn& turn) {
    const base::MonotonicMs now_ms = turn.clock.now_ms();
    // Where the stream codes bytes, more may be on their way than were given to it.
    const std::uint64_t read = sent_bytes - std::min(sent_bytes, stream->unacknowledged_bytes());
    if (read > read_bytes) {
        patience.note_taken(read - read_bytes, now_ms, turn.config.min_rate);
        read_bytes = read;
    }
    // Less than a second counts as one: a few bytes now and then are no progress, in whatever pieces they are taken.
    const auto elapsed_ms = static_cast<std::uint64_t>(std::max<base::MonotonicMs>(now_ms - progress_ms, 1000));
    const std::uint64_t since = read_bytes - marked_bytes;
    if (since == 0 || since < turn.config.min_rate * elapsed_ms / 1000) return false;
    begin_waiting(now_ms);
    return true;
}

}  // namespace server
