// The counters by name, in the order in which they are shown.
#include "server/metrics.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace server {
namespace {

using base::counter;
using base::ShownIn;
using enum base::CounterKind;

/// What a method that is not in the list is counted as.
constexpr std::string_view kOtherMethods = "other";
constexpr std::array kMethods = {
    http::Method::get,      http::Method::head,      http::Method::post,  http::Method::put,   http::Method::del,
    http::Method::options,  http::Method::patch,     http::Method::mkcol, http::Method::copy,  http::Method::move,
    http::Method::propfind, http::Method::proppatch, http::Method::lock,  http::Method::unlock};
constexpr std::size_t kFirstClass = 2;
constexpr std::size_t kLastClass = 5;

std::uint64_t other_methods(const ResponseCounts& responses, std::size_t status_class) {
    std::uint64_t count = responses.of_class(status_class);
    for (const http::Method method : kMethods) count -= responses.of(method, status_class);
    return count;
}

/// The log has a sum for each class of status, the metrics a series for each method and class.
void add_responses(std::vector<base::Counter>& counters, const ResponseCounts& responses) {
    constexpr std::string_view kHelp = "requests that were answered, whatever the status";
    counters.push_back({"requests", total, kHelp, [&responses] { return responses.count(); }, ShownIn::log});
    const auto add_class = [&](std::string_view name, std::string_view help, std::size_t status_class) {
        counters.push_back(
            {name, total, help, [&responses, status_class] { return responses.of_class(status_class); }, ShownIn::log});
    };
    add_class("responses_1xx", "final responses with a status from 100 to 199", 1);
    add_class("responses_2xx", "responses with a status from 200 to 299", 2);
    add_class("responses_3xx", "responses with a status from 300 to 399", 3);
    add_class("responses_4xx", "responses with a status from 400 to 499", 4);
    add_class("responses_5xx", "responses with a status from 500 to 599", 5);
    const auto add_series = [&](std::string_view method, std::size_t status_class,
                                std::function<std::uint64_t()> read) {
        std::string series = "method=\"" + std::string(method) + "\",class=\"" + std::to_string(status_class) + "xx\"";
        counters.push_back({.name = "requests",
                            .kind = total,
                            .help = kHelp,
                            .read = std::move(read),
                            .shown_in = ShownIn::metrics,
                            .series = std::move(series)});
    };
    for (const http::Method method : kMethods) {
        for (std::size_t status_class = kFirstClass; status_class <= kLastClass; ++status_class) {
            add_series(http::method_name(method), status_class,
                       [&responses, method, status_class] { return responses.of(method, status_class); });
        }
    }
    for (std::size_t status_class = kFirstClass; status_class <= kLastClass; ++status_class) {
        add_series(kOtherMethods, status_class,
                   [&responses, status_class] { return other_methods(responses, status_class); });
    }
}

void add_refusals(std::vector<base::Counter>& counters, const RefusalCounts& refusals) {
    constexpr std::string_view kHelp = "requests that were refused: malformed, not allowed, too large or too slow";
    counters.push_back({"requests_refused", total, kHelp, [&refusals] { return refusals.count(); }, ShownIn::log});
    for (std::size_t number = 0; number <= RefusalCounts::kStatuses.size(); ++number) {
        const bool is_listed = number < RefusalCounts::kStatuses.size();
        const std::string status =
            is_listed ? std::to_string(http::code(RefusalCounts::kStatuses.at(number))) : "other";
        counters.push_back({.name = "requests_refused",
                            .kind = total,
                            .help = kHelp,
                            .read = [&refusals, number] { return refusals.of(number); },
                            .shown_in = ShownIn::metrics,
                            .series = "status=\"" + status + "\""});
    }
}

}  // namespace

std::uint64_t ResponseCounts::of_class(std::size_t status_class) const {
    std::uint64_t count = 0;
    for (const auto& by_class : counts_) count += by_class[status_class];
    return count;
}

std::uint64_t ResponseCounts::count() const {
    std::uint64_t count = 0;
    for (std::size_t status_class = 0; status_class < kClasses; ++status_class) count += of_class(status_class);
    return count;
}

void RefusalCounts::add(http::Status status) {
    const auto found = std::ranges::find(kStatuses, status);
    ++counts_[static_cast<std::size_t>(found - kStatuses.begin())];
}

std::uint64_t RefusalCounts::count() const {
    std::uint64_t count = 0;
    for (const std::uint64_t of_one : counts_) count += of_one;
    return count;
}

base::Counters::Registration register_counters(base::Counters& counters, const Metrics& metrics) {
    std::vector<base::Counter> list{
        counter("connections_accepted", total, "connections that were accepted", metrics.connections_accepted),
        counter("connections_refused", total, "connections answered 503 because no more are allowed",
                metrics.connections_refused),
        counter("connections_displaced", total, "unused connections closed to make room for new ones",
                metrics.connections_displaced),
        counter("connections_over_share", total, "connections answered 503 because their client has too many",
                metrics.connections_over_share),
        counter("accept_pauses", total, "times that accepting paused because no descriptor was left",
                metrics.accept_pauses),
        counter("proxy_headers_refused", total, "connections closed because of their PROXY header, or without one",
                metrics.proxy_headers_refused),
        counter("proxy_strangers", total, "connections closed because they are not from a trusted proxy",
                metrics.proxy_strangers),
    };
    add_responses(list, metrics.responses);
    add_refusals(list, metrics.refusals);
    const auto add = [&list](std::string_view name, std::string_view help, const std::uint64_t& value) {
        list.push_back(counter(name, total, help, value));
    };
    list.push_back(counter("request_duration", "time from a request's first byte until its whole response was queued",
                           metrics.answer_times));
    add("responses_aborted", "responses cut because the client left or the file changed", metrics.responses_aborted);
    add("uploads_aborted", "uploads whose body ended early", metrics.uploads_aborted);
    add("deadlines_passed", "connections on which a deadline passed", metrics.deadlines_passed);
    add("bytes_received", "bytes received from clients", metrics.bytes_received);
    add("bytes_sent", "bytes given to the kernel for clients", metrics.bytes_sent);
    add("http2_connections", "connections that spoke HTTP/2", metrics.http2.connections);
    add("http2_resets_received", "streams of HTTP/2 that clients reset", metrics.http2.resets_received);
    add("http2_resets_sent", "streams of HTTP/2 that were reset because of a fault in them", metrics.http2.resets_sent);
    add("http2_calmed", "connections of HTTP/2 ended because a bound was passed", metrics.http2.calmed);
    add("http2_broken", "connections of HTTP/2 ended because the client broke its rules", metrics.http2.broken);
    return counters.add(std::move(list));
}

}  // namespace server
