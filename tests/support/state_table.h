// Compares a table of states with the one in docs/state-machine.md, cell by cell.
#pragma once

#include <array>
#include <fstream>
#include <map>
#include <string>
#include <utility>

#include "support/catch.h"

namespace support {

using Moves = std::map<std::pair<std::string, std::string>, std::string>;

inline std::string trimmed(const std::string& text) {
    const auto begin = text.find_first_not_of(' ');
    return begin == std::string::npos ? "" : text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

/// The rows "| state | event | next state |" below the line `heading`, up to the next heading.
inline Moves documented_moves(const std::string& heading) {
    std::ifstream document(GODWIT_SOURCE_ROOT "/docs/state-machine.md");
    REQUIRE(document.is_open());
    Moves moves;
    std::string line;
    while (std::getline(document, line) && line != heading) {
    }
    while (std::getline(document, line) && line.rfind("##", 0) != 0) {
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

template <class State, class Event, std::size_t kStates, std::size_t kEvents, class Visit>
void for_every_pair(Visit visit) {
    for (std::size_t s = 0; s < kStates; ++s) {
        for (std::size_t e = 0; e < kEvents; ++e) visit(static_cast<State>(s), static_cast<Event>(e));
    }
}

/// Every pair of `next_state` is in the document below `heading`, and nothing else is.
template <class State, class Event, std::size_t kStates, std::size_t kEvents>
void check_documented(const std::string& heading) {
    const Moves documented = documented_moves(heading);
    std::size_t moves = 0;
    for_every_pair<State, Event, kStates, kEvents>([&](State state, Event event) {
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

/// `last` can be reached from every state, and left from none.
template <class State, class Event, std::size_t kStates, std::size_t kEvents>
void check_ends_in(State last) {
    std::array<bool, kStates> reaches{};
    reaches[static_cast<std::size_t>(last)] = true;
    for (std::size_t round = 0; round < kStates; ++round) {
        for_every_pair<State, Event, kStates, kEvents>([&](State state, Event event) {
            const auto next = next_state(state, event);
            if (state == last) CHECK_FALSE(next.has_value());
            if (next && reaches[static_cast<std::size_t>(*next)]) reaches[static_cast<std::size_t>(state)] = true;
        });
    }
    for (const bool reached : reaches) CHECK(reached);
}

}  // namespace support
