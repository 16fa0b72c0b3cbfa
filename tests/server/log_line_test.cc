// The parts of lines in logs.
#include "server/log_line.h"

#include <cstdint>
#include <string>

#include "support/catch.h"

TEST_CASE("log line: members of JSON are named, and what a peer sent cannot end the text", "[server][log]") {
    std::string out = "{";
    server::append_json_member(out, "name", "a\"\n\\b");
    server::append_json_number(out, "most", UINT64_MAX);
    CHECK(out == R"({,"name":"a\"\n\\b","most":18446744073709551615)");
}

TEST_CASE("log line: times are in UTC", "[server][log]") {
    CHECK(server::format_log_time(784'111'777, server::kIsoTime) == "1994-11-06T08:49:37Z");
    CHECK(server::format_log_time(0, "%d/%b/%Y:%H:%M:%S +0000") == "01/Jan/1970:00:00:00 +0000");
}
