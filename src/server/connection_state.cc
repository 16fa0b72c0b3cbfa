// The table of legal moves.
#include "server/connection_state.h"

namespace server {
namespace {

using enum ConnectionState;
using Row = std::array<std::optional<ConnectionState>, kConnectionEvents>;
constexpr auto none = std::nullopt;

// One row per state; the columns in the order of ConnectionEvent:
// head_begun, body_wanted, commit_begun, answer_ready, answer_queued, …_early, …_last, body_drained, deadline_passed,
// peer_gone, stopping.
constexpr std::array<Row, kConnectionStates> kMoves = {{
    /* idle */ {reading_head, none, none, none, none, none, none, none, closed, closed, lingering},
    /* reading_head */
    {none, reading_body, committing, responding, none, none, none, none, responding, closed, none},
    /* reading_body */ {none, none, committing, responding, none, none, none, none, responding, closed, none},
    /* committing: the commit goes on whatever the peer does */
    {none, none, none, responding, none, none, none, none, none, none, none},
    /* responding */ {none, none, none, none, idle, draining, lingering, none, closed, closed, none},
    /* draining */ {none, none, none, none, none, none, none, idle, lingering, closed, lingering},
    /* lingering */ {none, none, none, none, none, none, none, none, closed, closed, none},
    /* closed */ {none, none, none, none, none, none, none, none, none, none, none},
}};

}  // namespace

std::optional<ConnectionState> next_state(ConnectionState state, ConnectionEvent event) {
    return kMoves[static_cast<std::size_t>(state)][static_cast<std::size_t>(event)];
}

std::string_view state_name(ConnectionState state) {
    switch (state) {
        case idle: return "idle";
        case reading_head: return "reading_head";
        case reading_body: return "reading_body";
        case committing: return "committing";
        case responding: return "responding";
        case draining: return "draining";
        case lingering: return "lingering";
        case closed: return "closed";
    }
    return "?";
}

std::string_view event_name(ConnectionEvent event) {
    switch (event) {
        case ConnectionEvent::head_begun: return "head_begun";
        case ConnectionEvent::body_wanted: return "body_wanted";
        case ConnectionEvent::commit_begun: return "commit_begun";
        case ConnectionEvent::answer_ready: return "answer_ready";
        case ConnectionEvent::answer_queued: return "answer_queued";
        case ConnectionEvent::answer_queued_early: return "answer_queued_early";
        case ConnectionEvent::answer_queued_last: return "answer_queued_last";
        case ConnectionEvent::body_drained: return "body_drained";
        case ConnectionEvent::deadline_passed: return "deadline_passed";
        case ConnectionEvent::peer_gone: return "peer_gone";
        case ConnectionEvent::stopping: return "stopping";
    }
    return "?";
}

}  // namespace server
