// One request to one small handler.
#pragma once

#include <string_view>

#include "support/parsed_request.h"

template <class Handler>
Answer ask(Handler&& handler, std::string_view method, std::string_view target, std::string_view lines = {}) {
    const ParsedRequest request(method, target, lines);
    return take_answer(handler.handle(request.get()), request.get().method);
}
