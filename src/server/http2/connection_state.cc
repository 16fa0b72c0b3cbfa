// Names, for messages and tests.
#include "server/http2/connection_state.h"

namespace server::http2 {

std::string_view state_name(ConnectionState state) {
    switch (state) {
        case ConnectionState::open: return "open";
        case ConnectionState::ending: return "ending";
        case ConnectionState::lingering: return "lingering";
        case ConnectionState::closed: return "closed";
    }
    return "?";
}

std::string_view event_name(ConnectionEvent event) {
    switch (event) {
        case ConnectionEvent::end_said: return "end_said";
        case ConnectionEvent::streams_ended: return "streams_ended";
        case ConnectionEvent::broken: return "broken";
        case ConnectionEvent::deadline_passed: return "deadline_passed";
        case ConnectionEvent::peer_gone: return "peer_gone";
    }
    return "?";
}

}  // namespace server::http2
