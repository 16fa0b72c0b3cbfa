// The states of an exchange and the legal moves between them: one enum, one table (docs/state-machine.md, which a test
// compares with it). Pure; called by Exchange.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace server {

enum class ExchangeState : std::uint8_t {
    receiving,   ///< the request's head, or its body, is on its way
    deciding,    ///< the handler was asked; its decision may have to wait for something off the loop
    pending,     ///< the request is complete, and work off the loop has to end before there is a response
    responding,  ///< a response is there and is being sent
    done,        ///< its last byte was handed over, or the exchange was given up
};
inline constexpr std::size_t kExchangeStates = 5;

enum class ExchangeEvent : std::uint8_t {
    asked,           ///< the handler is asked
    body_wanted,     ///< the decision is a sink for the body
    work_begun,      ///< work that gives the response later has begun
    response_ready,  ///< a response, or a refusal, is there
    content_ended,   ///< the last byte of the response was handed over
    given_up,        ///< the peer has left, and the pending work is for its response alone
    aborted,         ///< the peer has left, or the response cannot be finished
};
inline constexpr std::size_t kExchangeEvents = 7;

/// A row of the table of moves: by event, the next state, or nothing where the event cannot happen.
using ExchangeMoves = std::array<std::optional<ExchangeState>, kExchangeEvents>;

namespace detail {

using enum ExchangeState;
inline constexpr std::nullopt_t none = std::nullopt;

// One row per state; the columns in the order of ExchangeEvent:
// asked, body_wanted, work_begun, response_ready, content_ended, given_up, aborted.
inline constexpr std::array<ExchangeMoves, kExchangeStates> kExchangeMoves = {{
    /* receiving */ {deciding, none, pending, responding, none, none, done},
    /* deciding */ {none, receiving, pending, responding, none, none, done},
    /* pending: other work goes on whatever the peer does */ {none, none, none, responding, none, done, none},
    /* responding */ {none, none, none, none, done, none, done},
    /* done */ {none, none, none, none, none, none, none},
}};

}  // namespace detail

/// The state after `event`, or nullopt where the event cannot happen in that state. In the header because it is asked
/// several times for each request.
[[nodiscard]] constexpr std::optional<ExchangeState> next_state(ExchangeState state, ExchangeEvent event) {
    return detail::kExchangeMoves[static_cast<std::size_t>(state)][static_cast<std::size_t>(event)];
}

[[nodiscard]] std::string_view state_name(ExchangeState state);
[[nodiscard]] std::string_view event_name(ExchangeEvent event);

}  // namespace server
