// The line of the log, and the counters.
#include "server/memory_relief.h"

namespace server {
namespace {

constexpr base::MonotonicMs kTellAgainMs = 60'000;

std::string mebibytes(std::uint64_t bytes) { return std::to_string(bytes / (1024 * 1024)); }

}  // namespace

std::string MemoryRelief::text() const {
    return "memory is short: " + mebibytes(budget_.held()) + " of " + mebibytes(budget_.limit()) +
           " MiB are held (--memory); since the start " + mebibytes(dropped_bytes_) +
           " MiB of the cache were dropped, " + std::to_string(cut_) +
           " connections closed that held much for long, and " + std::to_string(refused_) + " new ones answered 503";
}

void MemoryRelief::tell(const base::Clock& clock, ErrorLog& log) {
    if (clock.now_ms() < tell_again_ms_) return;
    tell_again_ms_ = clock.now_ms() + kTellAgainMs;
    log.append(clock, "warning", nullptr, text());
}

base::Counters::Registration MemoryRelief::register_counters(base::Counters& counters) const {
    using enum base::CounterKind;
    return counters.add({
        {"memory_held_bytes", gauge, "bytes of memory that connections and the cache hold",
         [this] { return budget_.held(); }},
        {"memory_limit_bytes", gauge, "bytes of memory that they may hold", [this] { return budget_.limit(); }},
        base::counter("memory_shortages", total, "times that memory became short", shortages_),
        base::counter("memory_dropped_bytes", total, "bytes of the cache that were dropped because memory was short",
                      dropped_bytes_),
        base::counter("memory_connections_cut", total,
                      "connections closed because memory was short and they held much for long", cut_),
        base::counter("memory_connections_refused", total,
                      "connections answered 503 because there was no memory for them", refused_),
    });
}

}  // namespace server
