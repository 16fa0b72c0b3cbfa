// Walks every (phase, event) pair of the table and compares it with docs/resumable-uploads.md.
#include "uploads/upload_phase.h"

#include <fstream>
#include <map>
#include <string>
#include <utility>

#include "support/catch.h"

using uploads::kUploadEvents;
using uploads::kUploadPhases;
using uploads::next_phase;
using uploads::UploadEvent;
using uploads::UploadPhase;

namespace {

using Moves = std::map<std::pair<std::string, std::string>, std::string>;

std::string trimmed(const std::string& text) {
    const auto begin = text.find_first_not_of(' ');
    return begin == std::string::npos ? "" : text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

/// The three-column rows of the table under the heading "Phases".
Moves documented_moves() {
    std::ifstream document(GODWIT_SOURCE_ROOT "/docs/resumable-uploads.md");
    REQUIRE(document.is_open());
    Moves moves;
    std::string line;
    while (std::getline(document, line) && line != "## Phases") continue;
    while (std::getline(document, line) && line.rfind("## ", 0) != 0) {
        if (line.rfind("| ", 0) != 0) continue;
        const auto second = line.find('|', 1);
        const auto third = line.find('|', second + 1);
        const auto last = line.find('|', third + 1);
        const std::string phase = trimmed(line.substr(1, second - 1));
        const std::string event = trimmed(line.substr(second + 1, third - second - 1));
        if (phase != "phase") moves[{phase, event}] = trimmed(line.substr(third + 1, last - third - 1));
    }
    return moves;
}

}  // namespace

TEST_CASE("upload phase: the table and docs/resumable-uploads.md say the same for every pair", "[uploads]") {
    const Moves documented = documented_moves();
    std::size_t moves = 0;
    for (std::size_t p = 0; p < kUploadPhases; ++p) {
        for (std::size_t e = 0; e < kUploadEvents; ++e) {
            const auto phase = static_cast<UploadPhase>(p);
            const auto event = static_cast<UploadEvent>(e);
            const auto next = next_phase(phase, event);
            const auto row = documented.find({std::string(phase_name(phase)), std::string(event_name(event))});
            INFO(phase_name(phase) << " + " << event_name(event));
            REQUIRE(next.has_value() == (row != documented.end()));
            if (!next) continue;
            CHECK(phase_name(*next) == row->second);
            ++moves;
        }
    }
    CHECK(moves == documented.size());
}

TEST_CASE("upload phase: no client and no clock ends a commit, and nothing leaves removed", "[uploads]") {
    CHECK_FALSE(next_phase(UploadPhase::publishing, UploadEvent::cancelled).has_value());
    CHECK_FALSE(next_phase(UploadPhase::publishing, UploadEvent::expired).has_value());
    for (std::size_t e = 0; e < kUploadEvents; ++e) {
        CHECK_FALSE(next_phase(UploadPhase::removed, static_cast<UploadEvent>(e)).has_value());
    }
}
