// The table of legal moves.
#include "server/http1/connection_state.h"

namespace server::http1 {
namespace {

using enum ConnectionState;
using Row = std::array<std::optional<ConnectionState>, kConnectionEvents>;
constexpr auto none = std::nullopt;

// One row per state; the columns in the order of ConnectionEvent:
// head_begun, answer_due, body_wanted, answer_queued, …_early, …_last, body_drained, deadline_passed, peer_gone,
// stopping, refused.
constexpr std::array<Row, kConnectionStates> kMoves = {{
    /* fresh */ {reading, none, none, none, none, none, none, closed, closed, lingering, lingering},
    /* idle */ {reading, none, none, none, none, none, none, closed, closed, lingering, none},
    /* reading: a deadline that passes is answered, so it is answer_due */
    {none, answering, none, none, none, none, none, closed, closed, none, none},
    /* answering */ {none, none, reading, idle, draining, lingering, none, closed, closed, none, none},
    /* draining */ {none, none, none, none, none, none, idle, closed, closed, none, none},
    /* lingering */ {none, none, none, none, none, none, none, closed, closed, none, none},
    /* closed */ {none, none, none, none, none, none, none, none, none, none, none},
}};

}  // namespace

std::optional<ConnectionState> next_state(ConnectionState state, ConnectionEvent event) {
    return kMoves[static_cast<std::size_t>(state)][static_cast<std::size_t>(event)];
}

std::string_view state_name(ConnectionState state) {
    switch (state) {
        case fresh: return "fresh";
        case idle: return "idle";
        case reading: return "reading";
        case answering: return "answering";
        case draining: return "draining";
        case lingering: return "lingering";
        case closed: return "closed";
    }
    return "?";
}

std::string_view event_name(ConnectionEvent event) {
    switch (event) {
        case ConnectionEvent::head_begun: return "head_begun";
        case ConnectionEvent::answer_due: return "answer_due";
        case ConnectionEvent::body_wanted: return "body_wanted";
        case ConnectionEvent::answer_queued: return "answer_queued";
        case ConnectionEvent::answer_queued_early: return "answer_queued_early";
        case ConnectionEvent::answer_queued_last: return "answer_queued_last";
        case ConnectionEvent::body_drained: return "body_drained";
        case ConnectionEvent::deadline_passed: return "deadline_passed";
        case ConnectionEvent::peer_gone: return "peer_gone";
        case ConnectionEvent::stopping: return "stopping";
        case ConnectionEvent::refused: return "refused";
    }
    return "?";
}

}  // namespace server::http1
