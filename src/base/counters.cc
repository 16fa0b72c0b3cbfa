#include "base/counters.h"

#include "base/invariant.h"

namespace base {

Counters::~Counters() {
    if (!groups_.empty()) fail_invariant("counters", "registered", "gone");
}

Counters::Registration Counters::add(std::vector<Counter> counters) {
    groups_.push_back({next_number_, {}});
    for (Counter& counter : counters) {
        if (has(counter.name)) fail_invariant("counters", "registered", counter.name);
        groups_.back().counters.push_back(std::move(counter));
    }
    return {*this, next_number_++};
}

void Counters::remove(std::uint64_t number) {
    std::erase_if(groups_, [number](const Group& group) { return group.number == number; });
}

bool Counters::has(std::string_view name) const {
    bool found = false;
    for (const Group& group : groups_) {
        for (const Counter& counter : group.counters) found = found || counter.name == name;
    }
    return found;
}

std::string counters_line(const Counters& counters) {
    std::string line = "counters:";
    counters.visit([&line](const Counter& counter, std::uint64_t value) {
        line.append(" ").append(counter.name).append("=").append(std::to_string(value));
    });
    return line;
}

}  // namespace base
