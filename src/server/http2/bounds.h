// What one HTTP/2 connection may ask of the server besides requests, and how often it may break them off. Pure; owned
// by http2::Connection.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/clock.h"

namespace server::http2 {

/// Streams that the peer resets in kResetWindowMs (CVE-2023-44487). A browser that leaves a page of pictures breaks off
/// all that it asked for, a few times at most.
inline constexpr std::uint32_t kMaxResetsReceived = 500;
/// Streams that the peer makes this side reset in that time, by requests and frames that are faulty (CVE-2025-8671).
inline constexpr std::uint32_t kMaxResetsSent = 100;
inline constexpr base::MonotonicMs kResetWindowMs = 30'000;

/// Frames without any part of a request that a connection may send ahead of what it earns: settings, pings, priorities,
/// windows that open byte by byte, empty DATA.
inline constexpr std::uint32_t kMostControlFrames = 1000;
/// Such frames that each second allows.
inline constexpr std::uint32_t kControlFramesPerSecond = 20;
/// Such frames that a request allows, and a DATA frame that was sent with at least kEarningBytes or as the last one:
/// clients open two windows for each.
inline constexpr std::uint32_t kControlFramesPerRequest = 8;
inline constexpr std::uint32_t kControlFramesPerContent = 2;
inline constexpr std::size_t kEarningBytes = 512;
/// Fields of one head that are counted and not kept before its stream is reset: each costs time (HPACK bombs).
inline constexpr std::size_t kMostDroppedFields = 400;

/// So many events in a stretch of time.
class RateBound {
public:
    RateBound(std::uint32_t most, base::MonotonicMs window_ms) : most_(most), window_ms_(window_ms) {}

    /// One more event. False: there are too many.
    [[nodiscard]] bool note(base::MonotonicMs now_ms) {
        if (now_ms - begun_ms_ >= window_ms_) {
            begun_ms_ = now_ms;
            count_ = 0;
        }
        return ++count_ <= most_;
    }

private:
    std::uint32_t most_;
    std::uint32_t count_ = 0;
    base::MonotonicMs window_ms_;
    base::MonotonicMs begun_ms_ = 0;
};

/// Frames that cost something and bring nothing are paid for by frames that bring something, and by time.
class ControlAllowance {
public:
    explicit ControlAllowance(base::MonotonicMs now_ms) : since_ms_(now_ms) {}

    /// One more such frame. False: there are too many.
    [[nodiscard]] bool spend(base::MonotonicMs now_ms) {
        const base::MonotonicMs seconds = (now_ms - since_ms_) / 1000;
        if (seconds > 0) {
            earn(static_cast<std::uint32_t>(std::min<base::MonotonicMs>(seconds, kMostControlFrames)) *
                 kControlFramesPerSecond);
            since_ms_ += seconds * 1000;
        }
        if (left_ == 0) return false;
        --left_;
        return true;
    }
    void earn(std::uint32_t frames) { left_ = std::min(left_ + frames, kMostControlFrames); }

private:
    std::uint32_t left_ = kMostControlFrames;
    base::MonotonicMs since_ms_;
};

}  // namespace server::http2
