// Clients that do anything at any time, made at random and the same in each run.
#include <cstdlib>
#include <random>
#include <string>

#include "support/catch.h"
#include "support/http2_script.h"

TEST_CASE("http2: whatever a client does, no exchange is left, and the connection ends", "[server][http2][random]") {
    constexpr unsigned kRuns = 150;
    constexpr std::size_t kBytes = 400;
    const char* const more = std::getenv("GODWIT_HTTP2_RUNS");
    const unsigned runs = more == nullptr ? kRuns : static_cast<unsigned>(std::strtoul(more, nullptr, 10));
    for (unsigned seed = 0; seed < runs; ++seed) {
        std::mt19937 random(seed);
        std::string bytes(kBytes, '\0');
        for (char& byte : bytes) byte = static_cast<char>(random());
        INFO("seed " << seed);
        REQUIRE(support::Http2Script(bytes).run() == "");
    }
}
