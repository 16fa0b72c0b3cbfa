// The answers that a connection gives itself: to a head that it cannot take, and where there is no room.
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/catch.h"
#include "support/connection_bench.h"

using Verdict = server::Connection::Verdict;
using Codes = std::vector<int>;

namespace {

constexpr std::string_view kGet = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

}  // namespace

TEST_CASE("connection: one over the limit is told so", "[server]") {
    ConnectionBench bench;
    bench.stream->incoming("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(bench.connection->refuse(bench.turn) == Verdict::wait);
    const std::string& sent = bench.stream->sent();
    CHECK(statuses(sent) == Codes{503});
    CHECK(sent.find("\r\nDate: ") != std::string::npos);
    CHECK(sent.find("\r\nRetry-After: 1\r\n") != std::string::npos);
    CHECK(sent.find("\r\nContent-Length: 58\r\n") != std::string::npos);
    CHECK(sent.substr(sent.find("\r\n\r\n") + 4).size() == 58);
}

TEST_CASE("connection: one over the limit that may have sent HEAD gets no content", "[server]") {
    for (const std::string_view arrived : {"", "HE", "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n"}) {
        ConnectionBench bench;
        if (!arrived.empty()) bench.stream->incoming(arrived);
        CHECK(bench.connection->refuse(bench.turn) == Verdict::wait);
        CHECK(statuses(bench.stream->sent()) == Codes{503});
        CHECK(bench.stream->sent().find("\r\nContent-Length: 0\r\n") != std::string::npos);
        CHECK(bench.stream->sent().ends_with("\r\n\r\n"));
    }
}

TEST_CASE("connection: one over the limit has what options add to every answer, and a small error page", "[server]") {
    ConnectionBench bench;
    bench.handler.decoration = [](const http::Request* request, http::Response& response) {
        CHECK(request == nullptr);
        response.add("X-Frame-Options", "DENY");
        static constexpr std::string_view kPage = "come back later";
        response.body = http::Piece(http::Blob{nullptr, std::as_bytes(std::span(kPage))});
    };
    bench.stream->incoming(kGet);
    CHECK(bench.connection->refuse(bench.turn) == Verdict::wait);
    const std::string& sent = bench.stream->sent();
    CHECK(statuses(sent) == Codes{503});
    CHECK(sent.find("\r\nX-Frame-Options: DENY\r\n") != std::string::npos);
    CHECK(sent.find("\r\nContent-Length: 15\r\n") != std::string::npos);
    CHECK(sent.ends_with("\r\n\r\ncome back later"));
}

TEST_CASE("connection: one over the limit gets the sentence where the error page would be read from a file",
          "[server]") {
    ConnectionBench bench;
    bench.handler.decoration = [](const http::Request*, http::Response& response) {
        response.body = http::Piece(http::FileSlice{nullptr, 0, 1'000'000});
    };
    bench.stream->incoming(kGet);
    CHECK(bench.connection->refuse(bench.turn) == Verdict::wait);
    CHECK(bench.stream->sent().ends_with("too many connections, try again.\n"));
}

TEST_CASE("connection: a head that is not understood gets a new id, in the answer and in the error log", "[server]") {
    ConnectionBench bench;
    bench.config.has_request_ids = true;
    bench.error_log = server::ErrorLog(*server::LogFile::open("/dev/null", 2));
    bench.stream->incoming("GET / HTTP/1.1\r\nX-Request-Id: mine\r\nHost: x\r\nbroken field: x\r\n\r\n");
    bench.run();
    const std::string& sent = bench.stream->sent();
    CHECK(statuses(sent) == Codes{400});
    const std::size_t id = sent.find("\r\nX-Request-Id: ");
    REQUIRE(id != std::string::npos);
    CHECK(bench.error_log.file().pending().ends_with(" (request " + sent.substr(id + 16, 32) + ")\n"));
}

TEST_CASE("connection: a HEAD that is refused in its head gets no content", "[server]") {
    const std::string head = "HEAD ";
    const std::string long_target = head + "/" + std::string(9000, 'a');
    const std::string long_head = head + "/ HTTP/1.1\r\nX: " + std::string(17000, 'x') + "\r\n\r\n";
    const std::vector<std::pair<std::string, int>> refused = {
        {long_target, 414},
        {long_target + " HTTP/1.1\r\nHost: x\r\n\r\n", 414},
        {head + "/ HTTP/2.0\r\nHost: x\r\n\r\n", 505},
        {head + "/ HTTX/1.1\r\nHost: x\r\n\r\n", 400},
        {head + "/a b HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {head + "a HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {head + "/\n", 400},
        {head + "/ HTTP/1.1\r\n\r\n", 400},
        {head + "/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: x\r\n\r\n", 501},
        {long_head, 431},
    };
    for (const auto& [request, status] : refused) {
        INFO(request.substr(0, 60));
        ConnectionBench bench;
        bench.stream->incoming(request);
        bench.run();
        CHECK(statuses(bench.stream->sent()) == Codes{status});
        CHECK(bench.stream->sent().ends_with("\r\n\r\n"));
    }
}

TEST_CASE("connection: content that cannot be read is a 500 while nothing of the answer has left", "[server]") {
    class Failing final : public http::BodySource {
    public:
        explicit Failing(std::size_t good) : good_(good) {}
        Pulled pull(std::span<std::byte> into) override {
            if (good_ == 0) return {Outcome::failed};
            --good_;
            into.front() = std::byte{'x'};
            return {Outcome::produced, 1};
        }

    private:
        std::size_t good_;
    };
    ConnectionBench bench;
    std::size_t good = 0;
    bench.handler.answers["/a"] = [&] {
        http::Response response;
        response.body = std::make_unique<Failing>(good);
        return response;
    };
    SECTION("and the connection goes on") {
        bench.stream->incoming(kGet);
        CHECK(bench.run() == Verdict::wait);
        CHECK(statuses(bench.stream->sent()) == Codes{500});
        bench.stream->incoming("GET /b HTTP/1.1\r\nHost: x\r\n\r\n");
        CHECK(bench.run() == Verdict::wait);
        CHECK(statuses(bench.stream->sent()) == Codes{500, 200});
        CHECK(bench.metrics.responses_aborted == 0);
        CHECK(bench.metrics.refusals.count() == 1);
    }
    SECTION("but is cut once content has left") {
        good = 100;
        bench.stream->incoming(kGet);
        CHECK(bench.run() == Verdict::close);
        CHECK(bench.stream->aborted());
        CHECK(statuses(bench.stream->sent()) == Codes{200});
        CHECK(bench.metrics.responses_aborted == 1);
    }
    SECTION("but is cut behind another answer that waits") {
        bench.stream->incoming("GET /b HTTP/1.1\r\nHost: x\r\n\r\n" + std::string(kGet));
        CHECK(bench.run() == Verdict::close);
        CHECK(bench.stream->aborted());
    }
}
