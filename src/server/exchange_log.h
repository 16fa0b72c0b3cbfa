// What the logs and the counters say about an exchange. Called by connections, whatever they speak.
#pragma once

#include <cstdint>
#include <string_view>

#include "http/response.h"
#include "net/address.h"
#include "server/exchange.h"
#include "server/turn.h"

namespace server {

/// Counts a response that was given to the framer to its end, and writes its lines into the access log and, where it
/// answers a write, into the audit log.
/// `received_bytes`: of the request's body.
void note_answered(const Exchange& exchange, const net::PeerAddress& peer, std::uint64_t received_bytes, Turn& turn);
/// An exchange ended early: writes `why` to the error log too, because the common formats of the access log have no
/// place for it. `unsent_bytes`: content that is still in the output queue.
void note_aborted(const Exchange& exchange, const net::PeerAddress& peer, std::uint64_t received_bytes,
                  std::uint64_t unsent_bytes, std::string_view why, Turn& turn);
/// Counts a request that was refused because it could not be understood, and tells the error log why.
void note_refused(const http::Refusal& refusal, const Exchange& exchange, const net::PeerAddress& peer, Turn& turn);
/// Notes the reason of a response in the error log: as a refusal, or as an error of a response that is none.
void note_reason(const http::Response& response, const Exchange& exchange, const net::PeerAddress& peer, Turn& turn);

}  // namespace server
