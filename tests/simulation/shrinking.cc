// Halves, then quarters, and so on down to single ones: what is not needed mostly goes in large parts.
#include "simulation/shrinking.h"

#include <algorithm>
#include <charconv>

namespace simulation {
namespace {

class Shrinking {
public:
    Shrinking(Settings failing, std::size_t most_runs, const Fails& fails)
        : best_(std::move(failing)), runs_left_(most_runs), fails_(fails) {}

    /// Leaves out what it can of `numbers` by adding them to the set `left_out` of the settings.
    void leave_out(std::vector<std::size_t> numbers, std::set<std::size_t> Settings::* left_out) {
        for (std::size_t part = numbers.size(); part > 0; part /= 2) {
            std::vector<std::size_t> kept;
            for (std::size_t at = 0; at < numbers.size(); at += part) {
                const auto begin = numbers.begin() + static_cast<std::ptrdiff_t>(at);
                const auto end = numbers.begin() + static_cast<std::ptrdiff_t>(std::min(at + part, numbers.size()));
                Settings tried = best_;
                (tried.*left_out).insert(begin, end);
                if (still_fails(tried)) {
                    best_ = std::move(tried);
                } else {
                    kept.insert(kept.end(), begin, end);
                }
            }
            numbers = std::move(kept);
        }
    }
    [[nodiscard]] const Settings& best() const { return best_; }

private:
    bool still_fails(const Settings& tried) {
        if (runs_left_ == 0) return false;
        --runs_left_;
        return fails_(tried);
    }

    Settings best_;
    std::size_t runs_left_;
    const Fails& fails_;
};

std::vector<std::size_t> numbers_from(std::size_t first, std::size_t last) {
    std::vector<std::size_t> numbers;
    for (std::size_t number = first; number <= last; ++number) numbers.push_back(number);
    return numbers;
}

}  // namespace

Settings shrink(Settings failing, std::size_t most_runs, const Fails& fails) {
    // What comes behind the failing step goes first.
    for (std::size_t step = failing.steps / 2; step > 0 && most_runs > 0; step /= 2) {
        for (; failing.steps > step && most_runs > 0; --most_runs) {
            Settings tried = failing;
            tried.steps -= step;
            if (!fails(tried)) break;
            failing = std::move(tried);
        }
    }
    const std::size_t steps = failing.steps;
    Shrinking shrinking(std::move(failing), most_runs, fails);
    shrinking.leave_out(numbers_from(0, kMostClients - 1), &Settings::left_out_clients);
    shrinking.leave_out(numbers_from(1, steps), &Settings::left_out_steps);
    return shrinking.best();
}

std::string text_of(const std::set<std::size_t>& numbers) {
    std::string text;
    for (auto at = numbers.begin(); at != numbers.end();) {
        const std::size_t first = *at;
        std::size_t last = first;
        while (++at != numbers.end() && *at == last + 1) last = *at;
        if (!text.empty()) text += ',';
        text += std::to_string(first);
        if (last != first) text += "-" + std::to_string(last);
    }
    return text;
}

std::set<std::size_t> numbers_of(std::string_view text) {
    std::set<std::size_t> numbers;
    const char* at = text.data();
    const char* const end = at + text.size();
    while (at < end) {
        std::size_t first = 0;
        at = std::from_chars(at, end, first).ptr;
        std::size_t last = first;
        if (at < end && *at == '-') at = std::from_chars(at + 1, end, last).ptr;
        for (std::size_t number = first; number <= last; ++number) numbers.insert(number);
        if (at < end && *at++ != ',') return {};
    }
    return numbers;
}

}  // namespace simulation
