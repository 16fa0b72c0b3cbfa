// What a request is called in the logs of everybody who handles it: X-Request-Id, and the trace of the W3C Trace
// Context (traceparent). Only with --request-id. Called by Exchange and exchange_log.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "http/request.h"

namespace server {

inline constexpr std::string_view kRequestIdName = "X-Request-Id";
/// Longer ids of a proxy are not taken: an id stands in each line of a log.
inline constexpr std::size_t kMaxRequestIdBytes = 128;

/// Makes ids of 128 random bits each, so that those of many servers never meet.
class RequestIds {
public:
    /// 32 hexadecimal digits; empty when the kernel gives no random bytes.
    [[nodiscard]] std::string next();

private:
    static constexpr std::size_t kIdBytes = 16;
    /// One call of the kernel gives random bytes for this many ids: up to 256 bytes come whole, or not at all.
    static constexpr std::size_t kIdsAtOnce = 16;

    std::array<std::uint8_t, kIdBytes * kIdsAtOnce> random_{};
    std::size_t used_ = sizeof random_;
};

/// The X-Request-Id of `request`; empty when it has none, several, or one that is too long or has other characters than
/// letters, digits and -._~+/=:@. For requests of trusted proxies. The view is of the request's text.
[[nodiscard]] std::string_view find_request_id(const http::Request& request);

/// The traceparent of `request` (W3C Trace Context §3.2); empty when it has none, several, or one that breaks the
/// grammar. The view is of the request's text.
[[nodiscard]] std::string_view find_traceparent(const http::Request& request);

}  // namespace server
