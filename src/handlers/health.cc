// Ready or stopping.
#include "handlers/health.h"

#include "handlers/plain_text.h"

namespace handlers {

Decision Health::handle(const http::Request& request) {
    constexpr int kRetrySeconds = 5;
    if (state_ == State::stopping) {
        http::Response response = unavailable(&request, "the server is stopping.", kRetrySeconds);
        response.add("Cache-Control", "no-store");
        return response;
    }
    return answer_text(request, "ok\n", "Cache-Control: no-store\r\n");
}

}  // namespace handlers
