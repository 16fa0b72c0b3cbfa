// The path's rest as a body. Never compressed: the text is the peer's, and nothing secret may stand beside it.
#include "site/echo.h"

#include <cassert>

#include "handler/plain_text.h"

namespace site {

handler::Decision Echo::handle(const http::Request& request) {
    assert(request.path().starts_with(kPrefix));
    return handler::answer_text(request, request.path().substr(kPrefix.size()));
}

}  // namespace site
