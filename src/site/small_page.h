// The frame of the server's own small pages: signing in, share links. Called by those who fill it.
#pragma once

#include <string>
#include <string_view>

#include "http/request.h"
#include "http/response.h"

namespace site {

/// `path`, which is one within the site, decoded, as an address in a page. It is not relative, because the page is the
/// answer at any path.
[[nodiscard]] std::string page_address(const http::Request& request, std::string_view path);

/// Everything up to the content, which append_page_end() ends. `title` holds nothing that has to be escaped.
void append_page_head(std::string& html, std::string_view title, const http::Request& request);
void append_page_end(std::string& html);

/// `html` as an answer for this client alone: nothing inline, nothing from elsewhere, shown in no frame.
[[nodiscard]] http::Response page_response(const http::Request& request, http::Status status, std::string html);

}  // namespace site
