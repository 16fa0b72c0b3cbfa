// Every case of tests/wire against the real server, whole and byte by byte: the outcome is the expected one both times,
// and the two are the same.
#include <optional>
#include <string>

#include "support/catch.h"
#include "support/server_process.h"
#include "support/temp_dir.h"
#include "support/wire_case.h"

namespace {

void run_file(const std::string& file) {
    const support::TempDir directory;
    const support::WireSite site(directory.at("site"));
    site.restore();
    support::ServerProcess server({.directory = site.directory()});
    const std::size_t descriptors = server.open_descriptors();
    for (const auto& wire_case : support::read_wire_cases(std::string(WIRE_CASES) + "/" + file)) {
        INFO(file << ":" << wire_case.line << " " << wire_case.name);
        std::optional<std::string> transcript;
        for (const support::WireCut cut : wire_case.cuts) {
            const auto outcome = run_wire_case(wire_case, site, server.port(), cut);
            const char* const label = cut == support::WireCut::whole ? "whole: " : "byte by byte: ";
            for (const auto& failure : outcome.failures) FAIL_CHECK(label << failure);
            if (transcript) CHECK(outcome.transcript == *transcript);
            transcript = outcome.transcript;
        }
    }
    // The cache keeps some files of the site open; connections and temporary files are not among them.
    CHECK(support::eventually([&] { return server.open_descriptors() <= descriptors + 32; }));
    CHECK(server.stop() == 0);
}

}  // namespace

TEST_CASE("wire: request lines", "[e2e][wire]") { run_file("request_line.txt"); }
TEST_CASE("wire: field lines", "[e2e][wire]") { run_file("fields.txt"); }
TEST_CASE("wire: Host", "[e2e][wire]") { run_file("host.txt"); }
TEST_CASE("wire: framing", "[e2e][wire]") { run_file("framing.txt"); }
TEST_CASE("wire: chunked bodies", "[e2e][wire]") { run_file("chunked.txt"); }
TEST_CASE("wire: trailers", "[e2e][wire]") { run_file("trailers.txt"); }
TEST_CASE("wire: kept connections", "[e2e][wire]") { run_file("keep_alive.txt"); }
TEST_CASE("wire: pipelining", "[e2e][wire]") { run_file("pipelining.txt"); }
TEST_CASE("wire: expectations", "[e2e][wire]") { run_file("expect.txt"); }
TEST_CASE("wire: preconditions", "[e2e][wire]") { run_file("conditional.txt"); }
TEST_CASE("wire: ranges", "[e2e][wire]") { run_file("ranges.txt"); }
TEST_CASE("wire: content codings", "[e2e][wire]") { run_file("coding.txt"); }
TEST_CASE("wire: targets", "[e2e][wire]") { run_file("targets.txt"); }
TEST_CASE("wire: methods", "[e2e][wire]") { run_file("methods.txt"); }
TEST_CASE("wire: HTTP/1.0", "[e2e][wire]") { run_file("http10.txt"); }
TEST_CASE("wire: resumable uploads", "[e2e][wire]") { run_file("resumable.txt"); }

TEST_CASE("wire cases: escapes, joined lines and repetitions", "[wire]") {
    const auto cases = support::parse_wire_cases(
        "=== one\n>>> send\nA\\x41\\t\\\nb\\{3*xy}\\r\n\n<<< expect\nstatus 200|204 x2\nfield A: b\\n\nopen\n", "text");
    REQUIRE(cases.size() == 1);
    REQUIRE(cases[0].steps.size() == 1);
    CHECK(cases[0].steps[0].send == "AA\tbxyxyxy\r\r\n\r\n");
    REQUIRE(cases[0].steps[0].responses.size() == 2);
    CHECK(cases[0].steps[0].responses[1].fields.size() == 1);
    CHECK(cases[0].steps[0].responses[0].statuses == std::vector<int>{200, 204});
    CHECK(cases[0].end == support::WireEnd::open);
}

TEST_CASE("wire cases: a case without its end is refused", "[wire]") {
    CHECK_THROWS(support::parse_wire_cases("=== one\n>>> send\nA\n<<< expect\nstatus 200\n", "text"));
    CHECK_THROWS(support::parse_wire_cases("=== one\n>>> send\nA\n<<< expect\nfrobnicate\nopen\n", "text"));
}
