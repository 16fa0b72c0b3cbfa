// A build without nghttp2: nobody is handed over.
#include "base/invariant.h"
#include "server/http2/entry.h"

namespace server::http2 {

bool is_built_in() { return false; }
std::string_view library_version() { return {}; }

std::unique_ptr<server::Connection> make_connection(Transport&&, net::Token, base::MonotonicMs) {
    base::fail_invariant("connection", "fresh", "an HTTP/2 connection in a build without it");
}

}  // namespace server::http2
