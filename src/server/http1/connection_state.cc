// Names, for messages and tests.
#include "server/http1/connection_state.h"

namespace server::http1 {
using enum ConnectionState;

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
