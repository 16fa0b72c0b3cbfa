// How the reactor comes to an HTTP/2 connection, in a build with nghttp2 and in one without. Called by the reactor when
// a connection's first bytes are the preface of HTTP/2.
#pragma once

#include <memory>
#include <string_view>

#include "base/clock.h"
#include "net/token.h"
#include "server/connection.h"
#include "server/transport.h"

namespace server::http2 {

/// False in a build without nghttp2.
[[nodiscard]] bool is_built_in();
/// "nghttp2 1.52.0"; empty where is_built_in() is false.
[[nodiscard]] std::string_view library_version();
/// `transport`: of a connection that has received the preface, which still stands in its input. Not where is_built_in()
/// is false.
[[nodiscard]] std::unique_ptr<server::Connection> make_connection(Transport&& transport, net::Token token,
                                                                  base::MonotonicMs now_ms);

}  // namespace server::http2
