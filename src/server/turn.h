// What connections work with during their turn: what they share, and how much they may do now. The reactor makes one
// for the site and one for the admin listeners; tests make their own with a fake clock and handler.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/arrival_clock.h"
#include "base/block_pool.h"
#include "base/clock.h"
#include "handler/handler.h"
#include "http/head_writer.h"
#include "server/access_log.h"
#include "server/audit_log.h"
#include "server/exchange_pool.h"
#include "server/exchange_table.h"
#include "server/http1/exchange.h"
#include "server/http2/exchange.h"
#include "server/metrics.h"
#include "server/request_id.h"
#include "server/request_shares.h"
#include "server/server_config.h"

namespace server {

/// One input or output block. A head must fit one (http::kMaxHeadBytes).
inline constexpr std::size_t kBlockBytes = 16 * 1024;
/// Above this many waiting output bytes nothing is read, parsed or produced for a connection.
inline constexpr std::size_t kHighWaterBytes = 256 * 1024;
/// What one connection may send, or receive of a body, in one turn: a turn of 256 busy connections stays in the tens of
/// milliseconds.
inline constexpr std::size_t kTurnBytes = 128 * 1024;
/// Requests of one connection in one turn.
inline constexpr std::uint32_t kTurnRequests = 64;
/// Bodies of uploads are received in pieces of this size: fewer system calls than with a block.
inline constexpr std::size_t kScratchBytes = 128 * 1024;
/// When a request was answered before the end of its body, the rest is read and the connection kept if no more than
/// this is left.
inline constexpr std::uint64_t kMaxDrainBytes = 64 * 1024;

/// In place of kHighWaterBytes, for a connection that holds more than its part while memory is short.
inline constexpr std::size_t kHeldBackBytes = kBlockBytes;
/// What a connection takes for itself: its state, its place in the tables, and its stream's.
inline constexpr std::size_t kConnectionOwnBytes = 1024;

/// How far the server is with its end.
enum class Stopping : std::uint8_t {
    no,
    finishing,  ///< what has arrived, and what comes within a moment on open connections, is answered
    closing,    ///< connections without a request are closed
};

/// The share of all light connections together in one turn, so that a small request behind many busy ones waits for a
/// few milliseconds at most.
inline constexpr std::size_t kAllTurnBytes = 8 * 1024 * 1024;
inline constexpr std::uint32_t kAllTurnRequests = 1024;
/// However many there are, each may do this much.
inline constexpr std::size_t kLeastTurnBytes = 16 * 1024;

/// Steps of a body source in one turn of a connection, while no light connection is busy. Each takes a tenth of a
/// millisecond at most.
inline constexpr std::uint32_t kTurnPulls = 16;
/// Requests of one heavy connection in one turn, while light ones are busy.
inline constexpr std::uint32_t kHeavyTurnRequests = 4;

/// What one connection may do in this turn.
struct TurnShare {
    std::size_t bytes = kTurnBytes;
    std::uint32_t requests = kTurnRequests;
    std::uint32_t pulls = 1;  ///< steps of a body source

    /// Where `busy` connections have work.
    static constexpr TurnShare among(std::size_t busy) {
        const std::size_t each = busy == 0 ? 1 : busy;
        return {std::clamp(kAllTurnBytes / each, kLeastTurnBytes, kTurnBytes),
                std::clamp(static_cast<std::uint32_t>(kAllTurnRequests / each), std::uint32_t{1}, kTurnRequests)};
    }
    /// Of a heavy connection, while no light one is busy. `waiting` heavy ones have work.
    static constexpr TurnShare heavy_alone(std::size_t waiting) {
        const std::uint32_t each = static_cast<std::uint32_t>(std::clamp<std::size_t>(waiting, 1, kTurnPulls));
        return {kTurnBytes, std::max(kTurnRequests / each, kHeavyTurnRequests), kTurnPulls / each};
    }
    /// Of a heavy connection, while light ones are busy: one step, so that none of them waits for longer than that.
    static constexpr TurnShare heavy_among_light() { return {kTurnBytes, kHeavyTurnRequests, 1}; }
};

struct Turn {
    const ServerConfig& config;
    base::Clock& clock;
    handler::Handler& handler;
    base::BlockPool& blocks;
    ExchangePool<http1::Exchange>& exchanges;
    ExchangePool<http2::Exchange>& http2_exchanges;
    RequestShares& requests;
    ExchangeTable& waiting;  ///< exchanges that something off the loop may wake
    base::ArrivalClock& arrivals;
    http::DateLine& date;
    AccessLog& access_log;
    AuditLog& audit_log;
    ErrorLog& error_log;
    Metrics& metrics;
    RequestIds request_ids{};
    std::span<std::byte> scratch;  ///< kScratchBytes, contents of no meaning between calls
    TurnShare share{};             ///< of the connection that is advanced
    Stopping stopping = Stopping::no;
};

}  // namespace server
