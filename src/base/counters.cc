// The registry, and the line for the error log.
#include "base/counters.h"

#include <algorithm>

#include "base/invariant.h"

namespace base {

Counters::~Counters() {
    if (!groups_.empty()) fail_invariant("counters", "registered", "gone");
}

Counters::Registration Counters::add(std::vector<Counter> counters) {
    groups_.push_back({next_number_, {}});
    for (Counter& counter : counters) {
        if (hides(counter)) fail_invariant("counters", "registered", counter.name);
        groups_.back().counters.push_back(std::move(counter));
    }
    return {*this, next_number_++};
}

void Counters::remove(std::uint64_t number) {
    std::erase_if(groups_, [number](const Group& group) { return group.number == number; });
}

/// True when a reader would be shown two counters that it cannot tell apart.
bool Counters::hides(const Counter& added) const {
    const auto is_same = [&added](const Counter& counter) {
        const bool have_one_reader =
            counter.shown_in == added.shown_in || counter.shown_in == ShownIn::all || added.shown_in == ShownIn::all;
        return have_one_reader && counter.name == added.name && counter.series == added.series;
    };
    return std::ranges::any_of(groups_,
                               [&](const Group& group) { return std::ranges::any_of(group.counters, is_same); });
}

std::string_view unit_suffix(CounterUnit unit) {
    switch (unit) {
        case CounterUnit::things: break;
        case CounterUnit::milliseconds: return "_ms";
        case CounterUnit::microseconds: return "_us";
    }
    return "";
}

std::string counters_line(const Counters& counters) {
    std::string line = "counters:";
    counters.visit([&line](const Counter& counter, std::uint64_t value) {
        if (counter.shown_in == ShownIn::metrics) return;
        line.append(" ").append(counter.name).append(unit_suffix(counter.unit)).append("=");
        line.append(std::to_string(value));
    });
    return line;
}

}  // namespace base
