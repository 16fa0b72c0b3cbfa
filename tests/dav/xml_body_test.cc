// Which bodies are taken.
#include "dav/xml_body.h"

#include "dav/xml_reader.h"
#include "handler/ready_answer.h"
#include "support/catch.h"
#include "support/parsed_request.h"

namespace {

/// The status that the fields alone lead to; 0: the body is read.
int status_for(const std::string& lines) {
    const ParsedRequest request("PROPFIND", "/", lines);
    auto decision = dav::take_xml_body(request.get(), [](const auto&, const auto&) { return nullptr; });
    const auto* response = std::get_if<http::Response>(&decision);
    return response == nullptr ? 0 : http::code(response->status);
}

}  // namespace

TEST_CASE("xml body: taken as XML, without a coding, up to 64 KiB", "[dav]") {
    CHECK(status_for("Content-Length: 65536\r\n") == 0);
    CHECK(status_for("Content-Length: 65537\r\n") == 413);
    CHECK(status_for("Content-Length: 5\r\nContent-Type: text/xml\r\n") == 0);
    CHECK(status_for("Content-Length: 5\r\nContent-Type: Application/XML; charset=\"utf-8\"\r\n") == 0);
    CHECK(status_for("Content-Length: 5\r\nContent-Type: application/json\r\n") == 415);
    CHECK(status_for("Content-Length: 5\r\nContent-Encoding: gzip\r\n") == 415);
    CHECK(status_for("Content-Length: 5\r\nContent-Encoding: identity\r\n") == 0);
}

TEST_CASE("xml body: chunks are bounded too, and the whole is handed over", "[dav]") {
    const ParsedRequest request("PROPFIND", "/a", "Transfer-Encoding: chunked\r\n");
    std::string taken;
    auto decision = dav::take_xml_body(request.get(), [&taken](const http::Request& kept, const std::string& body) {
        taken = std::string(kept.path()) + " " + std::to_string(body.size());
        return std::make_unique<handler::ReadyAnswer>(http::Response());
    });
    auto& sink = *std::get<std::unique_ptr<http::BodySink>>(decision);
    const std::vector<std::byte> block(dav::kMostXmlBytes / 2);
    CHECK(sink.write(block).has_value());
    CHECK(sink.write(block).has_value());
    CHECK(sink.write(std::span(block).first(1)).error().status == http::Status::content_too_large);
    CHECK(sink.finish("")->advance(0).has_value());
    CHECK(taken == "/a 65536");
}
