// The table of legal moves.
#include "server/exchange_state.h"

namespace server {
namespace {

using enum ExchangeState;
using Row = std::array<std::optional<ExchangeState>, kExchangeEvents>;
constexpr auto none = std::nullopt;

// One row per state; the columns in the order of ExchangeEvent:
// asked, body_wanted, work_begun, response_ready, content_ended, aborted.
constexpr std::array<Row, kExchangeStates> kMoves = {{
    /* receiving */ {deciding, none, pending, responding, none, done},
    /* deciding */ {none, receiving, pending, responding, none, done},
    /* pending: the work goes on whatever the peer does */ {none, none, none, responding, none, none},
    /* responding */ {none, none, none, none, done, done},
    /* done */ {none, none, none, none, none, none},
}};

}  // namespace

std::optional<ExchangeState> next_state(ExchangeState state, ExchangeEvent event) {
    return kMoves[static_cast<std::size_t>(state)][static_cast<std::size_t>(event)];
}

std::string_view state_name(ExchangeState state) {
    switch (state) {
        case receiving: return "receiving";
        case deciding: return "deciding";
        case pending: return "pending";
        case responding: return "responding";
        case done: return "done";
    }
    return "?";
}

std::string_view event_name(ExchangeEvent event) {
    switch (event) {
        case ExchangeEvent::asked: return "asked";
        case ExchangeEvent::body_wanted: return "body_wanted";
        case ExchangeEvent::work_begun: return "work_begun";
        case ExchangeEvent::response_ready: return "response_ready";
        case ExchangeEvent::content_ended: return "content_ended";
        case ExchangeEvent::aborted: return "aborted";
    }
    return "?";
}

}  // namespace server
