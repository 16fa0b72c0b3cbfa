// What the server counts about connections and requests. One thread counts, so these are plain numbers. Owned by the
// reactor, which registers them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/counters.h"
#include "base/durations.h"
#include "http/method.h"
#include "http/status.h"

namespace server {

/// Of HTTP/2, besides what is counted for every connection.
struct Http2Metrics {
    std::uint64_t connections = 0;
    std::uint64_t resets_received = 0;
    std::uint64_t resets_sent = 0;
    std::uint64_t calmed = 0;
    std::uint64_t broken = 0;
};

/// Final responses by the method of their request and the class of their status.
class ResponseCounts {
public:
    void add(http::Method method, http::Status status) {
        ++counts_[static_cast<std::size_t>(method)][static_cast<std::size_t>(http::code(status)) / 100 % kClasses];
    }
    /// Class 2 is 2xx.
    [[nodiscard]] std::uint64_t of(http::Method method, std::size_t status_class) const {
        return counts_[static_cast<std::size_t>(method)][status_class];
    }
    [[nodiscard]] std::uint64_t of_class(std::size_t status_class) const;
    [[nodiscard]] std::uint64_t count() const;

private:
    static constexpr std::size_t kMethods = static_cast<std::size_t>(http::Method::unknown) + 1;
    static constexpr std::size_t kClasses = 6;
    std::array<std::array<std::uint64_t, kClasses>, kMethods> counts_{};
};

/// Requests that were refused, by the status that says why.
class RefusalCounts {
public:
    /// The ones that are told apart; all others are counted together.
    static constexpr std::array kStatuses = {
        http::Status::bad_request,
        http::Status::forbidden,
        http::Status::not_found,
        http::Status::method_not_allowed,
        http::Status::request_timeout,
        http::Status::conflict,
        http::Status::length_required,
        http::Status::precondition_failed,
        http::Status::content_too_large,
        http::Status::uri_too_long,
        http::Status::unsupported_media_type,
        http::Status::expectation_failed,
        http::Status::misdirected_request,
        http::Status::too_many_requests,
        http::Status::header_fields_too_large,
        http::Status::internal_server_error,
        http::Status::not_implemented,
        http::Status::service_unavailable,
        http::Status::version_not_supported,
        http::Status::insufficient_storage,
    };

    void add(http::Status status);
    /// The number of kStatuses, or its size for all others.
    [[nodiscard]] std::uint64_t of(std::size_t number) const { return counts_[number]; }
    [[nodiscard]] std::uint64_t count() const;

private:
    std::array<std::uint64_t, kStatuses.size() + 1> counts_{};
};

struct Metrics {
    std::uint64_t connections_accepted = 0;
    std::uint64_t connections_refused = 0;
    std::uint64_t connections_displaced = 0;
    std::uint64_t connections_over_share = 0;
    std::uint64_t accept_pauses = 0;
    std::uint64_t proxy_headers_refused = 0;
    std::uint64_t proxy_strangers = 0;
    ResponseCounts responses;
    base::Durations answer_times;  ///< from a request's first byte until its whole response was queued
    RefusalCounts refusals;
    std::uint64_t responses_aborted = 0;
    std::uint64_t uploads_aborted = 0;
    std::uint64_t deadlines_passed = 0;
    std::uint64_t bytes_received = 0;
    std::uint64_t bytes_sent = 0;
    Http2Metrics http2;
};

/// `metrics` outlives what is returned.
[[nodiscard]] base::Counters::Registration register_counters(base::Counters& counters, const Metrics& metrics);

}  // namespace server
