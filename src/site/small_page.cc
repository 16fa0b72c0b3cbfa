// One style, one policy.
#include "site/small_page.h"

#include <utility>

#include "http/target.h"
#include "listings/page_assets.h"

namespace site {
namespace {

/// These pages are shown in no frame, so that no other page can lay itself over one of them.
constexpr std::string_view kPolicy =
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

}  // namespace

std::string page_address(const http::Request& request, std::string_view path) {
    return http::encode_path(request.client_path(path));
}

void append_page_head(std::string& html, std::string_view title, const http::Request& request) {
    html.append(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
    html.append(title)
        .append("</title>\n<link rel=\"stylesheet\" href=\"")
        .append(page_address(request, listings::kPageStylePath));
    html.append("\">\n</head>\n<body class=\"sign-in\">\n<main>\n<h1>").append(title).append("</h1>\n");
}

void append_page_end(std::string& html) { html.append("</main>\n</body>\n</html>\n"); }

http::Response page_response(const http::Request& request, http::Status status, std::string html) {
    http::Response response;
    response.status = status;
    response.is_personal = true;
    response.add("Content-Type", "text/html; charset=utf-8").add("X-Content-Type-Options", "nosniff");
    // "no-referrer" would take the field Origin away, which tells this form from forms of other sites.
    response.add("Content-Security-Policy", kPolicy).add("Referrer-Policy", "same-origin");
    response.add("Cache-Control", "no-store").add("Vary", "Accept");
    if (request.method == http::Method::head) {
        response.stated_length = html.size();
    } else {
        response.body = http::Piece(std::move(html));
    }
    return response;
}

}  // namespace site
