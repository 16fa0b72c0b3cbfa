// The states of an HTTP/1 connection and the legal moves between them: one enum, one table (docs/state-machine.md,
// which a test compares with it). Pure; called by http1::Connection.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace server::http1 {

enum class ConnectionState : std::uint8_t {
    fresh,      ///< accepted, no byte of a first request seen
    idle,       ///< between requests, no byte of the next one seen
    reading,    ///< some bytes of a head, or of a body that a sink takes
    answering,  ///< the exchange decides, waits or responds; nothing is read
    draining,   ///< answered before the body ended; a little is left, the connection is kept
    lingering,  ///< the last answer is out or on its way; input is dropped until the peer closes
    closed,     ///< terminal; the owner erases it
};
inline constexpr std::size_t kConnectionStates = 7;

enum class ConnectionEvent : std::uint8_t {
    head_begun,           ///< the first byte of a request arrived
    answer_due,           ///< enough of the request arrived to decide or to answer, or the request is refused
    body_wanted,          ///< a pending decision became a sink, and a body is due
    answer_queued,        ///< the answer's last byte is in the output queue; the connection is kept
    answer_queued_early,  ///< the same, and a little of the request's body is still to come
    answer_queued_last,   ///< the same, and the connection ends after it
    body_drained,         ///< the rest of the body was dropped
    deadline_passed,      ///< the state lasted too long
    peer_gone,            ///< the stream has ended or failed and nothing can be said to the peer any more
    stopping,             ///< the server stops and this connection owes no answer
    refused,              ///< there is no room for this connection
};
inline constexpr std::size_t kConnectionEvents = 11;

/// A row of the table of moves: by event, the next state, or nothing where the event cannot happen.
using ConnectionMoves = std::array<std::optional<ConnectionState>, kConnectionEvents>;

namespace detail {

using enum ConnectionState;
inline constexpr std::nullopt_t none = std::nullopt;

// One row per state; the columns in the order of ConnectionEvent:
// head_begun, answer_due, body_wanted, answer_queued, …_early, …_last, body_drained, deadline_passed, peer_gone,
// stopping, refused.
inline constexpr std::array<ConnectionMoves, kConnectionStates> kConnectionMoves = {{
    /* fresh */ {reading, none, none, none, none, none, none, closed, closed, lingering, lingering},
    /* idle */ {reading, none, none, none, none, none, none, closed, closed, lingering, none},
    /* reading: a deadline that passes is answered, so it is answer_due */
    {none, answering, none, none, none, none, none, closed, closed, none, none},
    /* answering */ {none, none, reading, idle, draining, lingering, none, closed, closed, none, none},
    /* draining */ {none, none, none, none, none, none, idle, closed, closed, none, none},
    /* lingering */ {none, none, none, none, none, none, none, closed, closed, none, none},
    /* closed */ {none, none, none, none, none, none, none, none, none, none, none},
}};

}  // namespace detail

/// The state after `event`, or nullopt where the event cannot happen in that state. In the header because it is asked
/// several times for each request.
[[nodiscard]] constexpr std::optional<ConnectionState> next_state(ConnectionState state, ConnectionEvent event) {
    return detail::kConnectionMoves[static_cast<std::size_t>(state)][static_cast<std::size_t>(event)];
}

/// True where bytes from the peer are wanted.
[[nodiscard]] constexpr bool reads(ConnectionState state) {
    switch (state) {
        case ConnectionState::fresh:
        case ConnectionState::idle:
        case ConnectionState::reading:
        case ConnectionState::draining:
        case ConnectionState::lingering: return true;
        case ConnectionState::answering:
        case ConnectionState::closed: return false;
    }
    return false;
}

[[nodiscard]] std::string_view state_name(ConnectionState state);
[[nodiscard]] std::string_view event_name(ConnectionEvent event);

}  // namespace server::http1
