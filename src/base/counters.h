// What the process counts, known by name. Each owner of counters registers its own; the error log's line (SIGUSR1) and
// the metrics of --admin show them. Made by app/serve; one thread counts, so counters are plain numbers.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/durations.h"

namespace base {

enum class CounterKind : std::uint8_t {
    total,      ///< since the start; it only grows
    gauge,      ///< of now
    durations,  ///< how often something took how long
};

/// What a value is a number of. Metrics are in seconds; the log's names end with the unit.
enum class CounterUnit : std::uint8_t { things, milliseconds, microseconds };

/// "", "_ms" or "_us".
[[nodiscard]] std::string_view unit_suffix(CounterUnit unit);

/// Who shows a counter. Where the log has a sum, the metrics have the parts, each a series of its own.
enum class ShownIn : std::uint8_t { all, log, metrics };

/// What an owner says about one of its counters.
struct Counter {
    /// A literal of lower case letters, digits and underscores. Two counters that are shown to one reader have the same
    /// name only when they differ in `series`; then they follow each other and agree in everything else.
    std::string_view name;
    CounterKind kind;
    std::string_view help;                ///< a literal: what is counted
    std::function<std::uint64_t()> read;  ///< called when the counters are shown
    ShownIn shown_in = ShownIn::all;
    CounterUnit unit = CounterUnit::things;
    std::string series;                    ///< labels in the form of Prometheus: method="GET",class="2xx"
    const Durations* durations = nullptr;  ///< of the kind with that name
};

/// A counter that is a plain number; `value` lives as long as the registration.
[[nodiscard]] inline Counter counter(std::string_view name, CounterKind kind, std::string_view help,
                                     const std::uint64_t& value) {
    return {name, kind, help, [&value] { return value; }};
}

/// The same for what took how long. The metrics alone show it.
[[nodiscard]] inline Counter counter(std::string_view name, std::string_view help, const Durations& durations) {
    return {.name = name,
            .kind = CounterKind::durations,
            .help = help,
            .read = [&durations] { return durations.count(); },
            .shown_in = ShownIn::metrics,
            .unit = CounterUnit::milliseconds,
            .durations = &durations};
}

class Counters {
public:
    /// Its counters are shown while it lives. The registry outlives it.
    class Registration {
    public:
        Registration() = default;
        Registration(Registration&& other) noexcept
            : registry_(std::exchange(other.registry_, nullptr)), number_(other.number_) {}
        Registration& operator=(Registration&& other) noexcept {
            std::swap(registry_, other.registry_);
            std::swap(number_, other.number_);
            return *this;
        }
        Registration(const Registration&) = delete;
        Registration& operator=(const Registration&) = delete;
        ~Registration() {
            if (registry_ != nullptr) registry_->remove(number_);
        }

    private:
        friend class Counters;
        Registration(Counters& registry, std::uint64_t number) : registry_(&registry), number_(number) {}

        Counters* registry_ = nullptr;
        std::uint64_t number_ = 0;
    };

    Counters() = default;
    Counters(const Counters&) = delete;
    Counters& operator=(const Counters&) = delete;
    /// Ends the process when a registration is still there, which would read freed memory later.
    ~Counters();

    /// Shows `counters` from here on, behind those that were added before. A name that is registered already ends the
    /// process.
    [[nodiscard]] Registration add(std::vector<Counter> counters);

    /// Calls `visitor(const Counter&, std::uint64_t value)` for each counter, in the order in which they were added.
    template <typename Visitor>
    void visit(Visitor&& visitor) const {
        for (const Group& group : groups_) {
            for (const Counter& counter : group.counters) visitor(counter, counter.read());
        }
    }

private:
    struct Group {
        std::uint64_t number;
        std::vector<Counter> counters;
    };

    void remove(std::uint64_t number);
    [[nodiscard]] bool hides(const Counter& added) const;

    std::vector<Group> groups_;
    std::uint64_t next_number_ = 0;
};

/// For the error log: "counters: name=value name=value", without those that the metrics alone show.
[[nodiscard]] std::string counters_line(const Counters& counters);

}  // namespace base
