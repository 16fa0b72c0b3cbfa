// The frame of small pages.
#include "site/small_page.h"

#include <string>

#include "support/catch.h"
#include "support/parsed_request.h"

TEST_CASE("small page: is of who asked alone, under a policy that allows no scripts", "[site]") {
    const ParsedRequest request("GET", "/");
    http::Request asked = request.get();
    asked.path_prefix = std::make_shared<const std::string>("/files");
    CHECK(site::page_address(asked, "/a b") == "/files/a%20b");
    std::string html;
    site::append_page_head(html, "Title", asked);
    site::append_page_end(html);
    http::Response response = site::page_response(request.get(), http::Status::created, html);
    CHECK(response.is_personal);
    const Answer answer = take_answer(std::move(response));
    CHECK(answer.status == 201);
    CHECK(answer.body == html);
    CHECK(html.find("<h1>Title</h1>") != std::string::npos);
    CHECK(html.find("href=\"/files/.godwit/style.css\"") != std::string::npos);
    CHECK(answer.field("Cache-Control") == "no-store");
    CHECK(answer.field("Content-Security-Policy").find("default-src 'none'") != std::string::npos);
    CHECK(answer.field("Content-Security-Policy").find("frame-ancestors 'none'") != std::string::npos);
    const ParsedRequest head("HEAD", "/");
    CHECK(take_answer(site::page_response(head.get(), http::Status::ok, html), http::Method::head).length ==
          html.size());
}
