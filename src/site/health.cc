// Ready or stopping.
#include "site/health.h"

#include "handler/plain_text.h"

namespace site {

handler::Decision Health::handle(const http::Request& request) {
    constexpr int kRetrySeconds = 5;
    if (state_ == State::stopping) {
        http::Response response = handler::unavailable(&request, "the server is stopping.", kRetrySeconds);
        response.add("Cache-Control", "no-store");
        return response;
    }
    return handler::answer_text(request, "ok\n", {"Cache-Control", "no-store"});
}

}  // namespace site
