// What a wire case expects against what came, whatever carried it. Called by the runs of wire cases.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "support/raw_client.h"
#include "support/wire_case.h"

namespace support {

/// Replaces the placeholders of a case by what the server on `port` says now.
std::string fill_in(std::string text, std::uint16_t port);
/// True when a case changes the site.
bool writes(const WireCase& wire_case);
/// Appends what differs to `failures`.
void check_response(const std::string& label, const ExpectedResponse& expected, const ClientResponse& response,
                    std::uint16_t port, std::vector<std::string>& failures);
void check_files(const WireCase& wire_case, const WireSite& site, std::vector<std::string>& failures);

}  // namespace support
