// Which path is answered with what.
#include "admin/admin.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "admin/metrics_text.h"
#include "base/ascii.h"
#include "handler/error_page.h"
#include "http/accept.h"

namespace admin {
namespace {

constexpr std::string_view kPlainText = "text/plain; charset=utf-8";

/// Answers must not be cached, and a page must not load anything from another origin.
http::Response answer(const http::Request& request, std::string_view type, std::string text) {
    http::Response response;
    response.add("Content-Type", type);
    response.add("Cache-Control", "no-store");
    response.add("X-Content-Type-Options", "nosniff");
    response.add("Content-Security-Policy",
                 "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    if (request.method == http::Method::head) {
        response.stated_length = text.size();
    } else {
        response.body = http::Piece(std::move(text));
    }
    return response;
}

/// An absolute target wins over Host (RFC 9112 §3.2.2).
std::string_view asked_host(const http::Request& request) {
    const std::string_view authority = request.target.authority.of(request.text);
    return authority.empty() ? request.find(http::FieldName::host).value_or("") : authority;
}

/// localhost or an IP address, whatever the port.
bool is_own_name(std::string_view host) {
    if (host.starts_with('[')) return true;
    const std::string_view name = host.substr(0, host.find(':'));
    const auto is_of_address = [](char c) { return base::is_digit(c) || c == '.'; };
    return name == "localhost" || (!name.empty() && std::ranges::all_of(name, is_of_address));
}

}  // namespace

handler::Decision Admin::handle(const http::Request& request) {
    if (hosts_ == Hosts::own && !is_own_name(asked_host(request))) {
        return handler::error_response(&request, http::Status::misdirected_request,
                                       "ask under localhost or an IP address.");
    }
    if (request.method != http::Method::get && request.method != http::Method::head) {
        return handler::method_not_allowed(request, http::MethodSet(http::Method::get, http::Method::head));
    }
    const std::string_view path = request.path();
    if (path == "/metrics") return metrics(request);
    if (path == "/status" || path == "/") return status(request);
    if (path == kStylePath) return answer(request, "text/css; charset=utf-8", std::string(status_style()));
    if (path == "/healthz") return answer(request, kPlainText, "ok\n");
    if (path == "/readyz") return readiness(request);
    return handler::error_response(&request, http::Status::not_found,
                                   "there are /metrics, /status, /healthz and /readyz.");
}

http::Response Admin::metrics(const http::Request& request) const {
    const bool is_open = http::names_media_type(request.fields, request.text, "application/openmetrics-text");
    const auto format = is_open ? MetricsFormat::openmetrics : MetricsFormat::prometheus;
    http::Response response = answer(request, media_type(format), metrics_text(counters_, format));
    response.add("Vary", "Accept");
    return response;
}

http::Response Admin::status(const http::Request& request) const {
    static constexpr std::array<std::string_view, 2> kOffered{"application/json", "text/html"};
    const Status now{
        .facts = facts_, .is_ready = is_ready_, .up_s = (clock_.now_ms() - begun_ms_) / 1000, .counters = counters_};
    const bool is_page = http::choose_media_type(request.fields, request.text, kOffered) == std::size_t{1};
    http::Response response = is_page ? answer(request, "text/html; charset=utf-8", status_page(now))
                                      : answer(request, "application/json", status_json(now));
    response.add("Vary", "Accept");
    return response;
}

http::Response Admin::readiness(const http::Request& request) const {
    http::Response response = answer(request, kPlainText, is_ready_ ? "ready\n" : "stopping\n");
    if (!is_ready_) response.status = http::Status::service_unavailable;
    return response;
}

}  // namespace admin
