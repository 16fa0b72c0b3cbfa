// One sentence per refusal, as text or as a page. Nothing of the request is put into a page unescaped.
#include "handlers/error_page.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "content/html_text.h"

namespace handlers {
namespace {

/// The q-value of one member of Accept in thousandths; its default is 1 (RFC 9110 §12.4.2). Doubts count as 0.
int quality_of(std::string_view parameters) {
    while (!parameters.empty()) {
        const std::size_t end = std::min(parameters.find(';'), parameters.size());
        const std::string_view parameter = base::trim_blanks(parameters.substr(0, end));
        parameters.remove_prefix(std::min(end + 1, parameters.size()));
        if (parameter.size() < 3 || base::to_lower(parameter[0]) != 'q' || parameter[1] != '=') continue;
        int value = 0;
        int weight = 1000;
        for (const char c : parameter.substr(2)) {
            if (c == '.') continue;
            if (!base::is_digit(c)) return 0;
            value += (c - '0') * weight;
            weight /= 10;
        }
        return std::min(value, 1000);
    }
    return 1000;
}

/// True when Accept names text/html, and text/plain not above it: browsers do, programs do not.
bool prefers_html(const http::Request& request) {
    std::string storage;
    auto accept = request.find_list(http::FieldName::accept, storage);
    if (!accept) return false;
    int html = 0;
    int plain = 0;
    std::string_view rest = *accept;
    for (std::size_t i = 0; i < http::kMaxListMembers && !rest.empty(); ++i) {
        const std::size_t end = std::min(rest.find(','), rest.size());
        const std::string_view member = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        const std::size_t semicolon = std::min(member.find(';'), member.size());
        const std::string_view type = base::trim_blanks(member.substr(0, semicolon));
        const int quality = quality_of(member.substr(std::min(semicolon + 1, member.size())));
        if (base::equals_ignoring_case(type, "text/html")) html = quality;
        if (base::equals_ignoring_case(type, "text/plain")) plain = quality;
    }
    return html > 0 && html >= plain;
}

/// "404 Not Found".
std::string status_line_text(http::Status status) {
    std::string text = std::to_string(http::code(status));
    const std::string_view phrase = http::reason_phrase(status);
    if (!phrase.empty()) text.append(" ").append(phrase);
    return text;
}

std::string page(http::Status status, std::string_view sentence) {
    const std::string title = content::escape_html(status_line_text(status));
    std::string html =
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width\">\n"
        "<meta name=\"color-scheme\" content=\"light dark\">\n<title>";
    html.append(title).append(
        "</title>\n<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:15vh auto;padding:0 1rem}"
        "h1{font-size:1.4rem}</style>\n</head>\n<body>\n<h1>");
    html.append(title).append("</h1>\n<p>").append(content::escape_html(sentence)).append("</p>\n</body>\n</html>\n");
    return html;
}

/// Control bytes would let a peer write lines of its own into somebody's terminal.
std::string without_controls(std::string_view text) {
    std::string clean(text);
    for (char& c : clean) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f) c = '?';
    }
    return clean;
}

constexpr std::array kMethods = {http::Method::get,   http::Method::head,    http::Method::post,
                                 http::Method::put,   http::Method::del,     http::Method::options,
                                 http::Method::patch, http::Method::mkcol,   http::Method::trace,
                                 http::Method::connect};

}  // namespace

http::Response error_response(const http::Request* request, http::Status status, std::string_view sentence) {
    http::Response response;
    response.status = status;
    const bool html = request != nullptr && prefers_html(*request);
    std::string body;
    if (html) {
        body = page(status, sentence);
    } else {
        body = status_line_text(status);
        if (!sentence.empty()) body.append(": ").append(without_controls(sentence));
        body.push_back('\n');
    }
    response.add("Content-Type", html ? "text/html; charset=utf-8" : "text/plain; charset=utf-8");
    response.add("X-Content-Type-Options", "nosniff");
    if (request != nullptr && request->method == http::Method::head) {
        response.stated_length = body.size();
    } else if (!http::forbids_content(status)) {
        response.body = http::Piece(std::move(body));
    }
    return response;
}

http::Response refusal_response(const http::Request* request, const http::Refusal& refusal) {
    http::Response response = error_response(request, refusal.status, refusal.reason);
    response.reason = refusal.reason;
    return response;
}

http::Response method_not_allowed(const http::Request& request, http::MethodSet allowed) {
    const std::string methods = allow_value(allowed);
    http::Response response = error_response(&request, http::Status::method_not_allowed,
                                             "this resource answers to " + methods + ".");
    response.add("Allow", methods);
    response.reason = "the method is not allowed here";
    return response;
}

http::Response unavailable(const http::Request* request, std::string_view sentence, int retry_after_seconds) {
    http::Response response = error_response(request, http::Status::service_unavailable, sentence);
    response.add("Retry-After", std::to_string(retry_after_seconds));
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

}  // namespace handlers
