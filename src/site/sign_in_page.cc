// Two pages in one frame. Names and paths are escaped.
#include "site/sign_in_page.h"

#include <utility>

#include "base/ascii.h"
#include "base/escape.h"
#include "handler/error_page.h"
#include "site/cross_site.h"
#include "site/small_page.h"

namespace site {
namespace {

/// The value of Sec-Fetch-Mode; empty when the field is missing: over plain HTTP browsers send it to this machine only.
std::string_view find_fetch_mode(const http::Request& request) {
    for (const http::Field& field : request.fields) {
        if (field.known != http::FieldName::other) continue;
        if (base::equals_ignoring_case(field.name.of(request.text), "Sec-Fetch-Mode")) {
            return field.value.of(request.text);
        }
    }
    return {};
}

void append_sentence(std::string& html, std::string_view sentence, std::string_view role) {
    if (sentence.empty()) return;
    html.append("<p role=\"").append(role).append("\">");
    base::append_html_escaped(html, sentence);
    html.append("</p>\n");
}

void append_back(std::string& html, std::string_view back) {
    html.append("<input type=\"hidden\" name=\"to\" value=\"");
    base::append_html_escaped(html, back);
    html.append("\">\n");
}

/// When a visitor comes by a link on another site, the browser does not send the cookie (SameSite=Strict). It sends it
/// when the visitor follows a link on this site.
void append_way_on(std::string& html, const http::Request& request, const SignInPage& page) {
    if (!find_foreign_fault(request)) return;
    html.append("<p><a href=\"").append(page_address(request, {}));
    base::append_html_escaped(html, page.back);
    html.append("\">Signed in already? Go on</a></p>\n");
}

std::string form_page(const http::Request& request, const SignInPage& page) {
    std::string html;
    append_page_head(html, "Sign in", request);
    append_sentence(html, page.sentence, http::code(page.status) < 400 ? "status" : "alert");
    html.append("<form method=\"post\" action=\"").append(page_address(request, kSignInPath)).append("\">\n");
    append_back(html, page.back);
    html.append(
        "<label for=\"name\">Name</label>\n"
        "<input id=\"name\" name=\"name\" required maxlength=\"64\" autocomplete=\"username\" autocapitalize=\"none\" "
        "spellcheck=\"false\" autofocus>\n"
        "<label for=\"password\">Password</label>\n"
        "<input id=\"password\" name=\"password\" type=\"password\" required maxlength=\"512\" "
        "autocomplete=\"current-password\">\n"
        "<button class=\"main\">Sign in</button>\n</form>\n");
    append_way_on(html, request, page);
    append_page_end(html);
    return html;
}

std::string known_page(const http::Request& request, const SignInPage& page) {
    std::string html;
    append_page_head(html, http::code(page.status) < 400 ? "Signed in" : "Not allowed", request);
    append_sentence(html, page.sentence, "alert");
    html.append("<p>You are signed in as <b><bdi>");
    base::append_html_escaped(html, request.user->name);
    html.append("</bdi></b>.</p>\n");
    if (request.signed_in_by == http::SignedInBy::badge) {
        html.append("<form method=\"post\" action=\"").append(page_address(request, kSignOutPath)).append("\">\n");
        append_back(html, page.back);
        html.append("<button class=\"main\">Sign out</button>\n</form>\n");
    }
    if (http::code(page.status) < 400) {
        html.append("<p><a href=\"").append(page_address(request, {}));
        base::append_html_escaped(html, page.back);
        html.append("\">Go on</a></p>\n");
    }
    append_page_end(html);
    return html;
}

}  // namespace

bool is_navigation(const http::Request& request) {
    const std::string_view mode = find_fetch_mode(request);
    return handler::prefers_html(request) && (mode.empty() || mode == "navigate");
}

bool is_of_browser(const http::Request& request) {
    return !find_fetch_mode(request).empty() || handler::prefers_html(request);
}

http::Response sign_in_page(const http::Request& request, const SignInPage& page) {
    // Whom a certificate names may sign in as somebody else: that counts then.
    using http::SignedInBy;
    const bool has_signed_in =
        request.user && (request.signed_in_by == SignedInBy::badge || request.signed_in_by == SignedInBy::field);
    std::string html = has_signed_in ? known_page(request, page) : form_page(request, page);
    return page_response(request, page.status, std::move(html));
}

}  // namespace site
