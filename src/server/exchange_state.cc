// Names, for messages and tests.
#include "server/exchange_state.h"

namespace server {
using enum ExchangeState;

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
        case ExchangeEvent::given_up: return "given_up";
        case ExchangeEvent::aborted: return "aborted";
    }
    return "?";
}

}  // namespace server
