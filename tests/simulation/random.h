// Where every choice of a simulation comes from. Numbers of its own and no distribution of the standard library, so
// that a seed means the same run with every compiler. Each step has a generator of its own: a step that is left out
// when a failing run is shrunk changes no choice of the others.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace simulation {

class Random {
public:
    explicit Random(std::uint64_t seed) : state_(seed) {}
    /// The generator of one step of the run with this seed.
    static Random of_step(std::uint64_t seed, std::uint64_t step) {
        Random mixed(seed ^ (step * 0xD6E8'FEB8'6659'FD93));
        return Random(mixed.next());
    }

    /// SplitMix64.
    std::uint64_t next() {
        state_ += 0x9E37'79B9'7F4A'7C15;
        std::uint64_t mixed = state_;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58'476D'1CE4'E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D0'49BB'1331'11EB;
        return mixed ^ (mixed >> 31);
    }
    /// 0 to `end` - 1; `end` > 0. The small bias towards low numbers does not matter here.
    std::size_t below(std::size_t end) { return static_cast<std::size_t>(next() % end); }
    /// True in one of `of` cases.
    bool one_in(std::size_t of) { return below(of) == 0; }
    template <class Value>
    const Value& pick(const std::vector<Value>& values) {
        return values[below(values.size())];
    }
    template <class Value>
    void shuffle(std::vector<Value>& values) {
        for (std::size_t left = values.size(); left > 1; --left) std::swap(values[left - 1], values[below(left)]);
    }
    /// How many of `most` (> 0) bytes come next: one, a few, about half, or all.
    std::size_t part_of(std::size_t most) {
        switch (below(6)) {
            case 0: return 1;
            case 1: return 1 + below(most < 40 ? most : 40);
            case 2: return 1 + below(most);
            default: return most;
        }
    }

private:
    std::uint64_t state_;
};

}  // namespace simulation
