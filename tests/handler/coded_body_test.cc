// Which codings of a body are refused, and with what.
#include "handler/coded_body.h"

#include "support/catch.h"
#include "support/parsed_request.h"

namespace {

std::optional<http::Response> refuse(std::string_view lines) {
    const ParsedRequest request("POST", "/a", lines);
    return handler::refuse_coded_body(request.get(), "send it without.");
}

}  // namespace

TEST_CASE("coded body: every coding but identity is 415, and Accept-Encoding says so", "[handlers][coding]") {
    for (const std::string_view lines : {"Content-Encoding: gzip\r\n", "Content-Encoding: identity, gzip\r\n",
                                         "Content-Encoding: identity\r\nContent-Encoding: br\r\n"}) {
        INFO(lines);
        const auto refused = refuse(lines);
        REQUIRE(refused.has_value());
        CHECK(refused->status == http::Status::unsupported_media_type);
        CHECK(refused->find("Accept-Encoding") == "identity");
        CHECK(refused->reason == "send it without.");
    }
    CHECK_FALSE(refuse(""));
    CHECK_FALSE(refuse("Content-Encoding:\r\n"));
    CHECK_FALSE(refuse("Content-Encoding: Identity\r\n"));
}
