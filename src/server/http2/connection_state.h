// The states of an HTTP/2 connection and the legal moves between them: one enum, one table (docs/state-machine.md,
// which a test compares with it). Pure; called by http2::Connection.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace server::http2 {

enum class ConnectionState : std::uint8_t {
    open,       ///< streams come and go
    ending,     ///< no further stream is taken; those that are open go on
    lingering,  ///< the last frame is out or on its way; input is thrown away until the peer closes
    closed,     ///< terminal; the owner erases it once no work is pending
};
inline constexpr std::size_t kConnectionStates = 4;

enum class ConnectionEvent : std::uint8_t {
    end_said,         ///< the GOAWAY that names the last stream is queued
    streams_ended,    ///< no stream is open any more
    broken,           ///< the peer broke the protocol or a bound; the last words are queued
    deadline_passed,  ///< the peer took too long
    peer_gone,        ///< the stream has ended or failed, and nothing can be said any more
};
inline constexpr std::size_t kConnectionEvents = 5;

/// A row of the table of moves: by event, the next state, or nothing where the event cannot happen.
using ConnectionMoves = std::array<std::optional<ConnectionState>, kConnectionEvents>;

namespace detail {

using enum ConnectionState;
inline constexpr std::nullopt_t none = std::nullopt;

// One row per state; the columns in the order of ConnectionEvent:
// end_said, streams_ended, broken, deadline_passed, peer_gone.
inline constexpr std::array<ConnectionMoves, kConnectionStates> kConnectionMoves = {{
    /* open */ {ending, none, lingering, closed, closed},
    /* ending */ {none, lingering, lingering, closed, closed},
    /* lingering */ {none, none, none, closed, closed},
    /* closed */ {none, none, none, none, none},
}};

}  // namespace detail

/// The state after `event`, or nullopt where the event cannot happen in that state.
[[nodiscard]] constexpr std::optional<ConnectionState> next_state(ConnectionState state, ConnectionEvent event) {
    return detail::kConnectionMoves[static_cast<std::size_t>(state)][static_cast<std::size_t>(event)];
}

[[nodiscard]] std::string_view state_name(ConnectionState state);
[[nodiscard]] std::string_view event_name(ConnectionEvent event);

}  // namespace server::http2
