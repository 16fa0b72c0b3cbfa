// What the process counts, known by name. Each owner of counters registers its own; the error log's line (SIGUSR1)
// shows them all. Made by app/serve; one thread counts, so counters are plain numbers.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace base {

enum class CounterKind : std::uint8_t {
    total,  ///< since the start; it only grows
    gauge,  ///< of now
};

/// What an owner says about one of its counters.
struct Counter {
    std::string_view name;  ///< a literal of lower case letters, digits and underscores; no two counters share one
    CounterKind kind;
    std::string_view help;                ///< a literal: what is counted
    std::function<std::uint64_t()> read;  ///< called when the counters are shown
};

/// A counter that is a plain number; `value` lives as long as the registration.
[[nodiscard]] inline Counter counter(std::string_view name, CounterKind kind, std::string_view help,
                                     const std::uint64_t& value) {
    return {name, kind, help, [&value] { return value; }};
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
    [[nodiscard]] bool has(std::string_view name) const;

    std::vector<Group> groups_;
    std::uint64_t next_number_ = 0;
};

/// For the error log: "counters: name=value name=value".
[[nodiscard]] std::string counters_line(const Counters& counters);

}  // namespace base
