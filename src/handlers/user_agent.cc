// A field's value as a body.
#include "handlers/user_agent.h"

#include "handlers/plain_text.h"

namespace handlers {

Decision UserAgent::handle(const http::Request& request) {
    return answer_text(request, request.find(http::FieldName::user_agent).value_or(std::string_view()),
                       "Vary: User-Agent\r\n");
}

}  // namespace handlers
