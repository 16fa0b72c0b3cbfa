// Walks every (state, event) pair of the table and compares it with docs/state-machine.md.
#include "server/connection_state.h"

#include <fstream>
#include <map>
#include <string>
#include <utility>

#include "support/catch.h"

using server::ConnectionEvent;
using server::ConnectionState;
using server::kConnectionEvents;
using server::kConnectionStates;
using server::next_state;

namespace {

using Moves = std::map<std::pair<std::string, std::string>, std::string>;

std::string trimmed(const std::string& text) {
    const auto begin = text.find_first_not_of(' ');
    return begin == std::string::npos ? "" : text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

/// The three-column rows of the first table in the document.
Moves documented_moves() {
    std::ifstream document(GODWIT_SOURCE_ROOT "/docs/state-machine.md");
    REQUIRE(document.is_open());
    Moves moves;
    std::string line;
    while (std::getline(document, line) && line.rfind("## ", 0) != 0) {
        if (line.rfind("| ", 0) != 0) continue;
        const auto second = line.find('|', 1);
        const auto third = line.find('|', second + 1);
        const auto last = line.find('|', third + 1);
        const std::string state = trimmed(line.substr(1, second - 1));
        const std::string event = trimmed(line.substr(second + 1, third - second - 1));
        if (state != "state") moves[{state, event}] = trimmed(line.substr(third + 1, last - third - 1));
    }
    return moves;
}

template <class Visit>
void for_every_pair(Visit visit) {
    for (std::size_t s = 0; s < kConnectionStates; ++s) {
        for (std::size_t e = 0; e < kConnectionEvents; ++e) {
            visit(static_cast<ConnectionState>(s), static_cast<ConnectionEvent>(e));
        }
    }
}

}  // namespace

TEST_CASE("connection state: the table and docs/state-machine.md say the same for every pair", "[server][state]") {
    const Moves documented = documented_moves();
    std::size_t moves = 0;
    for_every_pair([&](ConnectionState state, ConnectionEvent event) {
        const auto next = next_state(state, event);
        const auto row = documented.find({std::string(state_name(state)), std::string(event_name(event))});
        INFO(state_name(state) << " + " << event_name(event));
        REQUIRE(next.has_value() == (row != documented.end()));
        if (!next) return;
        CHECK(state_name(*next) == row->second);
        ++moves;
    });
    CHECK(moves == documented.size());
}

TEST_CASE("connection state: nothing leaves closed, and nothing of the peer's ends a commit", "[server][state]") {
    for_every_pair([](ConnectionState state, ConnectionEvent event) {
        if (state == ConnectionState::closed) CHECK_FALSE(next_state(state, event).has_value());
    });
    CHECK_FALSE(next_state(ConnectionState::committing, ConnectionEvent::peer_gone).has_value());
    CHECK_FALSE(next_state(ConnectionState::committing, ConnectionEvent::deadline_passed).has_value());
}

TEST_CASE("connection state: every state but closed can reach closed", "[server][state]") {
    bool reaches[kConnectionStates] = {};
    reaches[static_cast<std::size_t>(ConnectionState::closed)] = true;
    for (std::size_t round = 0; round < kConnectionStates; ++round) {
        for_every_pair([&](ConnectionState state, ConnectionEvent event) {
            const auto next = next_state(state, event);
            if (next && reaches[static_cast<std::size_t>(*next)]) reaches[static_cast<std::size_t>(state)] = true;
        });
    }
    for (const bool reached : reaches) CHECK(reached);
}
