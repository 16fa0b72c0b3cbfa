// The states of an exchange and the legal moves between them: one enum, one table (docs/state-machine.md, which a test
// compares with it). Pure; called by Exchange.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace server {

enum class ExchangeState : std::uint8_t {
    receiving,   ///< the request's head, or its body, is on its way
    deciding,    ///< the handler is asked; its decision may need something from off the loop first
    pending,     ///< the request is in, and work off the loop goes on before there is a response
    responding,  ///< a response is there and is being sent
    done,        ///< its last byte was handed over, or the exchange was given up
};
inline constexpr std::size_t kExchangeStates = 5;

enum class ExchangeEvent : std::uint8_t {
    asked,           ///< the handler is asked
    body_wanted,     ///< the decision is a sink for the body
    work_begun,      ///< the decision, or a sink that has the whole body, is work that gives the response later
    response_ready,  ///< a response, or a refusal, is there
    content_ended,   ///< the last byte of the response was handed over
    aborted,         ///< the peer has left, or the response cannot be finished
};
inline constexpr std::size_t kExchangeEvents = 6;

/// The state after `event`, or nullopt where the event cannot happen in that state.
[[nodiscard]] std::optional<ExchangeState> next_state(ExchangeState state, ExchangeEvent event);

[[nodiscard]] std::string_view state_name(ExchangeState state);
[[nodiscard]] std::string_view event_name(ExchangeEvent event);

}  // namespace server
