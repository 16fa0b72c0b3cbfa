// What the server did because memory was short, for its log and its counters. Owned by the reactor, which does it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/clock.h"
#include "base/counters.h"
#include "base/memory_budget.h"
#include "server/access_log.h"

namespace server {

class MemoryRelief {
public:
    /// `budget` outlives this.
    explicit MemoryRelief(const base::MemoryBudget& budget) : budget_(budget) {}

    /// True from begin() to end(): connections that hold more than their part get no more.
    [[nodiscard]] bool is_under_way() const { return stage_ == Stage::under_way; }
    void begin() {
        stage_ = Stage::under_way;
        ++shortages_;
    }
    void end() { stage_ = Stage::none; }

    void note_dropped(std::size_t bytes) { dropped_bytes_ += bytes; }
    void note_cut() { ++cut_; }
    void note_refused() { ++refused_; }

    /// Says in `log` how it stands, once a minute at most.
    void tell(const base::Clock& clock, ErrorLog& log);
    /// "221 of 256 MiB are held (--memory)", and what was done so far.
    [[nodiscard]] std::string text() const;
    /// This outlives what is returned.
    [[nodiscard]] base::Counters::Registration register_counters(base::Counters& counters) const;

private:
    enum class Stage : std::uint8_t { none, under_way };

    const base::MemoryBudget& budget_;
    Stage stage_ = Stage::none;
    base::MonotonicMs tell_again_ms_ = 0;
    std::uint64_t shortages_ = 0;
    std::uint64_t dropped_bytes_ = 0;  ///< of the cache
    std::uint64_t cut_ = 0;            ///< connections that were under way
    std::uint64_t refused_ = 0;        ///< new connections
};

}  // namespace server
