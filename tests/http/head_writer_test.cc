// Response heads.
#include "http/head_writer.h"

#include <memory>
#include <string>
#include <vector>

#include "support/catch.h"

using http::Framing;
using http::Method;
using http::Persistence;
using http::Response;
using http::Status;

namespace {

constexpr std::int64_t kExample = 784'111'777;

std::string head_of(const Response& response, const Framing& framing, Persistence persistence) {
    http::DateLine date;
    // Exactly the room that is asked for: a byte too many is found by the address sanitizer.
    std::vector<std::byte> room(http::head_bytes_bound(response));
    const std::size_t bytes = http::write_head(response, framing, persistence, date.at(kExample), room);
    REQUIRE(bytes <= room.size());
    return {reinterpret_cast<const char*>(room.data()), bytes};
}

class EmptySource final : public http::BodySource {
public:
    Pulled pull(std::span<std::byte>) override { return {Outcome::finished}; }
};

Response with_source() {
    Response response;
    response.body = std::make_unique<EmptySource>();
    return response;
}

}  // namespace

TEST_CASE("head writer: a whole head, byte for byte", "[http][response]") {
    Response response;
    const http::FieldList prepared{{"Content-Type", "text/plain"}, {"ETag", "\"1\""}};
    response.prepared.fields = http::FieldTail(prepared);
    response.add("Vary", "Accept-Encoding");
    CHECK(head_of(response, {Framing::Kind::length, 1024}, Persistence::implied) ==
          "HTTP/1.1 200 OK\r\n"
          "Server: godwit\r\n"
          "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
          "Content-Type: text/plain\r\n"
          "ETag: \"1\"\r\n"
          "Vary: Accept-Encoding\r\n"
          "Content-Length: 1024\r\n"
          "\r\n");
}

TEST_CASE("head writer: of prepared fields, those from the first that is meant", "[http][response]") {
    const http::FieldList prepared{{"A", "1"}, {"B", "2"}, {"C", "3"}};
    Response response;
    response.prepared.fields = http::FieldTail(prepared, 1);
    CHECK(head_of(response, {}, Persistence::implied).ends_with("GMT\r\nB: 2\r\nC: 3\r\n\r\n"));
    response.prepared.fields = http::FieldTail(prepared, 3);
    CHECK(head_of(response, {}, Persistence::implied).ends_with("GMT\r\n\r\n"));
}

TEST_CASE("head writer: framing and Connection", "[http][response]") {
    const Response response{};
    const std::string start = "HTTP/1.1 200 OK\r\nServer: godwit\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n";
    CHECK(head_of(response, {}, Persistence::implied) == start + "\r\n");
    CHECK(head_of(response, {Framing::Kind::chunked, 0}, Persistence::implied) ==
          start + "Transfer-Encoding: chunked\r\n\r\n");
    CHECK(head_of(response, {Framing::Kind::length, 0}, Persistence::close) ==
          start + "Content-Length: 0\r\nConnection: close\r\n\r\n");
    CHECK(head_of(response, {Framing::Kind::length, UINT64_MAX}, Persistence::stated) ==
          start + "Content-Length: 18446744073709551615\r\nConnection: keep-alive\r\n\r\n");
}

TEST_CASE("head writer: every status has its line, and fits", "[http][response]") {
    for (int number = 100; number < 600; ++number) {
        Response response;
        response.status = static_cast<Status>(number);
        const std::string head = head_of(response, {Framing::Kind::length, UINT64_MAX}, Persistence::stated);
        const std::string reason(http::reason_phrase(response.status));
        CHECK(head.starts_with("HTTP/1.1 " + std::to_string(number) + " " + reason + "\r\nServer: godwit\r\n"));
    }
}

TEST_CASE("head writer: the date follows the second", "[http][response]") {
    http::DateLine date;
    CHECK(date.at(kExample) == "Server: godwit\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
    CHECK(date.at(kExample + 1) == "Server: godwit\r\nDate: Sun, 06 Nov 1994 08:49:38 GMT\r\n");
    CHECK(date.at(kExample) == "Server: godwit\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
    http::DateLine fresh;
    CHECK(fresh.at(0) == "Server: godwit\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\n");
}

TEST_CASE("response framing: content of known length states it", "[http][response]") {
    Response response;
    response.body = http::Piece(std::string("hello"));
    for (const Method method : {Method::get, Method::head}) {
        const Framing framing = http::response_framing(response, method, 1);
        CHECK(framing.kind == Framing::Kind::length);
        CHECK(framing.length == 5);
    }
    CHECK(http::response_framing(Response{}, Method::put, 0).kind == Framing::Kind::length);
}

TEST_CASE("response framing: HEAD and 304 may state the length of a GET", "[http][response]") {
    Response response;
    response.stated_length = 77;
    CHECK(http::response_framing(response, Method::head, 1).length == 77);
    CHECK(http::response_framing(response, Method::get, 1).length == 0);
    response.status = Status::not_modified;
    CHECK(http::response_framing(response, Method::get, 1).length == 77);
    response.stated_length.reset();
    CHECK(http::response_framing(response, Method::get, 1).kind == Framing::Kind::none);
}

TEST_CASE("response framing: 1xx and 204 never have a framing field", "[http][response]") {
    Response response;
    response.stated_length = 77;
    for (const Status status : {static_cast<Status>(100), Status::no_content}) {
        response.status = status;
        CHECK(http::response_framing(response, Method::get, 1).kind == Framing::Kind::none);
        CHECK(http::response_framing(response, Method::head, 1).kind == Framing::Kind::none);
    }
}

TEST_CASE("response framing: a source is chunked, and never towards HTTP/1.0", "[http][response]") {
    CHECK(http::response_framing(with_source(), Method::get, 1).kind == Framing::Kind::chunked);
    CHECK(http::response_framing(with_source(), Method::head, 1).kind == Framing::Kind::chunked);
    CHECK(http::response_framing(with_source(), Method::get, 0).kind == Framing::Kind::none);
    CHECK(http::ends_with_connection(with_source(), Method::get, 0));
    CHECK_FALSE(http::ends_with_connection(with_source(), Method::get, 1));
    CHECK_FALSE(http::ends_with_connection(with_source(), Method::head, 0));
    CHECK_FALSE(http::ends_with_connection(Response{}, Method::get, 0));
}
