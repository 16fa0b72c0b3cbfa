// Answers as a client reads them that believes nothing.
#include "simulation/answer_reader.h"

#include <string_view>

#include "simulation/violation.h"
#include "support/catch.h"

using simulation::AnswerReader;
using simulation::Violation;

TEST_CASE("answer reader: answers end where their heads say, in whatever pieces they come", "[simulation]") {
    constexpr std::string_view kBytes =
        "HTTP/1.1 100 Continue\r\n\r\n"
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nETag: \"t\"\r\n\r\nabc"
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nde\r\n1\r\nf\r\n0\r\n\r\n"
        "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n";
    AnswerReader reader;
    std::vector<simulation::ReceivedAnswer> answers;
    for (const char byte : kBytes) {
        reader.take({&byte, 1});
        if (auto answer = reader.next(false)) answers.push_back(std::move(*answer));
    }
    REQUIRE(answers.size() == 3);
    CHECK(answers[0].body == "abc");
    CHECK(answers[0].field("etag") == "\"t\"");
    CHECK(answers[1].body == "def");
    CHECK(answers[2].is_last());
    CHECK(reader.rest().empty());
}

TEST_CASE("answer reader: an answer to HEAD has no content, and other bytes are no answer", "[simulation]") {
    AnswerReader reader;
    reader.take("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n");
    CHECK_FALSE(reader.next(false));
    CHECK(reader.next(true));
    reader.take("abc of another answer\r\n\r\n");
    CHECK_THROWS_AS(reader.next(false), Violation);
}
