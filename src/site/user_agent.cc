// A field's value as a body.
#include "site/user_agent.h"

#include "handler/plain_text.h"

namespace site {

handler::Decision UserAgent::handle(const http::Request& request) {
    return handler::answer_text(request, request.find(http::FieldName::user_agent).value_or(std::string_view()),
                                {"Vary", "User-Agent"});
}

}  // namespace site
