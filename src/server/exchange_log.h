// What the logs and the counters say about an exchange. Called by connections, whatever they speak.
#pragma once

#include <cstdint>
#include <string_view>

#include "http/response.h"
#include "net/address.h"
#include "server/exchange.h"
#include "server/turn.h"

namespace server {

/// A response was handed over to its end: counts it and writes its line into the access log.
/// `received_bytes`: of the request's body.
void note_answered(const Exchange& exchange, const net::PeerAddress& peer, std::uint64_t received_bytes, Turn& turn);
/// An exchange ended early: says `why` in both logs, because the forms of the access log that others define have no
/// place for it. `unsent_bytes`: what was handed over and is still queued.
void note_aborted(const Exchange& exchange, const net::PeerAddress& peer, std::uint64_t received_bytes,
                  std::uint64_t unsent_bytes, std::string_view why, Turn& turn);
/// The request was refused: counts it and tells the error log why. `path`: empty where none was understood.
void note_refused(std::string_view reason, const net::PeerAddress& peer, std::string_view path, Turn& turn);
/// A response has a reason: a refusal is noted as one, anything else is an error that the answer says, too.
void note_reason(const http::Response& response, const net::PeerAddress& peer, std::string_view path, Turn& turn);

}  // namespace server
