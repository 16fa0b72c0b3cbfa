// The path's rest as a body. Never compressed: the text is the peer's, and nothing secret may stand beside it.
#include "handlers/echo.h"

#include <cassert>

#include "handlers/plain_text.h"

namespace handlers {

Decision Echo::handle(const http::Request& request) {
    assert(request.path().starts_with(kPrefix));
    return answer_text(request, request.path().substr(kPrefix.size()));
}

}  // namespace handlers
