// One sentence per refusal, as text or as a page. Nothing of the request is put into a page unescaped.
#include "handler/error_page.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "base/ascii.h"
#include "base/escape.h"
#include "http/accept.h"

namespace handler {
namespace {

/// At least what a status with its reason phrase, ": " and a line end take.
constexpr std::size_t kStatusTextBytes = 48;

/// Appends "404 Not Found".
void append_status_text(std::string& text, http::Status status) {
    text.append(std::to_string(http::code(status)));
    const std::string_view phrase = http::reason_phrase(status);
    if (!phrase.empty()) text.append(" ").append(phrase);
}

/// Control bytes would let a peer write to the terminal of another person.
void append_without_controls(std::string& text, std::string_view sentence) {
    const auto begin = static_cast<std::ptrdiff_t>(text.size());
    text.append(sentence);
    std::replace_if(text.begin() + begin, text.end(), base::is_control, '?');
}

/// "404 Not Found: there is nothing at this path." and a line end.
std::string line(http::Status status, std::string_view sentence) {
    std::string text;
    text.reserve(kStatusTextBytes + sentence.size());
    append_status_text(text, status);
    if (!sentence.empty()) append_without_controls(text.append(": "), sentence);
    text.push_back('\n');
    return text;
}

std::string page(http::Status status, std::string_view sentence) {
    std::string title;
    append_status_text(title, status);
    std::string shown;
    append_without_controls(shown, sentence);
    std::string html =
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width\">\n"
        "<meta name=\"color-scheme\" content=\"light dark\">\n<title>";
    html.append(title).append(
        "</title>\n<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:15vh auto;padding:0 "
        "1rem}p::first-letter{text-transform:uppercase}"
        "h1{font-size:1.4rem}</style>\n</head>\n<body>\n<h1>");
    html.append(title).append("</h1>\n<p>");
    base::append_html_escaped(html, shown);
    return html.append("</p>\n</body>\n</html>\n");
}

constexpr std::array kMethods = {
    http::Method::get,  http::Method::head,    http::Method::post,     http::Method::put,
    http::Method::del,  http::Method::options, http::Method::patch,    http::Method::mkcol,
    http::Method::copy, http::Method::move,    http::Method::propfind, http::Method::proppatch,
    http::Method::lock, http::Method::unlock,  http::Method::trace,    http::Method::connect};
// One that is left out would never be in Allow.
static_assert(kMethods.size() == static_cast<std::size_t>(http::Method::unknown));

}  // namespace

bool prefers_html(const http::Request& request) {
    static constexpr std::array<std::string_view, 2> kOffered = {"text/plain", "text/html"};
    return http::choose_media_type(request.fields, request.text, kOffered) == std::size_t{1};
}

http::Response error_response(const http::Request* request, http::Status status, std::string_view sentence) {
    http::Response response;
    response.status = status;
    const bool html = request != nullptr && prefers_html(*request);
    std::string body = html ? page(status, sentence) : line(status, sentence);
    response.add("Content-Type", html ? "text/html; charset=utf-8" : "text/plain; charset=utf-8");
    response.add("X-Content-Type-Options", "nosniff");
    // A cache may keep a 404 or a 301, and must not give a browser's page to a program (RFC 9110 §12.5.5).
    if (request != nullptr) response.add("Vary", "Accept");
    if (request != nullptr && request->method == http::Method::head) {
        response.stated_length = body.size();
    } else if (!http::forbids_content(status)) {
        response.body = http::Piece(std::move(body));
    }
    return response;
}

http::Response refusal_response(const http::Request* request, const http::Refusal& refusal) {
    http::Response response = error_response(request, refusal.status, refusal.reason);
    response.reason = refusal.cause.empty() ? refusal.reason : refusal.cause;
    response.missing = refusal.missing;
    // A temporary refusal says when to try again.
    const bool is_for_the_moment =
        refusal.status == http::Status::service_unavailable || refusal.status == http::Status::too_many_requests;
    if (is_for_the_moment) response.add("Retry-After", "1");
    return response;
}

http::Response method_not_allowed(const http::Request& request, http::MethodSet allowed, std::string_view cause) {
    const std::string methods = allow_value(allowed);
    std::string sentence(cause);
    sentence.append(cause.empty() ? "" : "; ").append("this resource answers to ").append(methods).append(".");
    http::Response response = error_response(&request, http::Status::method_not_allowed, sentence);
    response.add("Allow", methods);
    response.reason = cause.empty() ? "the method is not allowed here" : cause;
    return response;
}

http::Response unavailable(const http::Request* request, std::string_view sentence, int retry_after_seconds) {
    http::Response response = error_response(request, http::Status::service_unavailable, sentence);
    response.add("Retry-After", std::to_string(retry_after_seconds));
    response.reason = sentence;
    return response;
}

std::string allow_value(http::MethodSet methods) {
    std::string value;
    for (const http::Method method : kMethods) {
        if (!methods.has(method)) continue;
        if (!value.empty()) value.append(", ");
        value.append(http::method_name(method));
    }
    return value;
}

}  // namespace handler
