// Wire cases over HTTP/2: requests of HTTP/1 that can be said in HTTP/2 are translated, and their answers compared with
// what the case expects. Called by tests/e2e/http2_test.
#pragma once

#include <cstdint>
#include <optional>

#include "support/wire_case.h"

namespace support {

/// nullopt for a case that is about what only HTTP/1 can say: its syntax, its framing, its connections.
std::optional<WireOutcome> run_wire_case_over_http2(const WireCase& wire_case, const WireSite& site,
                                                    std::uint16_t port);

}  // namespace support
