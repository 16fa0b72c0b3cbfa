// Sends the rest of the path as a body. Never compressed, because compressing a client's text together with a secret
// would reveal the secret.
#include "site/echo.h"

#include <cassert>

#include "handler/plain_text.h"

namespace site {

handler::Decision Echo::handle(const http::Request& request) {
    assert(request.path().starts_with(kPrefix));
    return handler::answer_text(request, request.path().substr(kPrefix.size()));
}

}  // namespace site
