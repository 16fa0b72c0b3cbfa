// Failures of the logs are reported in the logs themselves, as far as possible.
#include "server/log_upkeep.h"

#include <unistd.h>

namespace server {
namespace {

constexpr base::MonotonicMs kTellAgainMs = 60'000;

}  // namespace

void LogUpkeep::flush(const base::Clock& clock) {
    access_.file().flush();
    audit_.file().flush();
    error_.file().flush();
    if (lost_bytes() != told_bytes_) tell_losses(clock);
}

void LogUpkeep::tell_losses(const base::Clock& clock) {
    if (clock.now_ms() < tell_again_ms_) return;
    tell_again_ms_ = clock.now_ms() + kTellAgainMs;
    const std::uint64_t bytes = lost_bytes();
    const std::uint64_t error_bytes = error_.file().lost_bytes();
    const std::string audit =
        audit_.on() ? std::to_string(audit_.file().lost_bytes()) + " bytes of --audit-log, " : std::string();
    error_.append(clock, "error", nullptr,
                  "lines were lost since the start, because a pipe, terminal or disk was full: " +
                      std::to_string(access_.file().lost_bytes()) + " bytes of --access-log, " + audit +
                      std::to_string(error_bytes) + " bytes of --error-log");
    error_.file().flush();
    // When this line was lost too, it is tried again.
    if (error_.file().lost_bytes() == error_bytes) told_bytes_ = bytes;
}

void LogUpkeep::reopen(const base::Clock& clock) {
    // The error log first, because it takes the messages about the others.
    reopen(error_.file(), clock);
    reopen(access_.file(), clock);
    reopen(audit_.file(), clock);
}

void LogUpkeep::reopen(LogFile& log, const base::Clock& clock) {
    const std::string problem = log.reopen();
    if (problem.empty()) return;
    error_.append(clock, "error", nullptr, problem);
    if (error_.file().is_standard_stream()) return;
    auto standard_error = LogFile::open("-", STDERR_FILENO);
    if (!standard_error) return;
    standard_error->pending() = "godwit: " + problem + "\n";
    standard_error->flush();
}

base::Counters::Registration LogUpkeep::register_counters(base::Counters& counters) const {
    using enum base::CounterKind;
    return counters.add({
        {"log_bytes_lost", total, "bytes of log lines that the logs could not take", [this] { return lost_bytes(); }},
        {"log_reopens_failed", total, "times that a log file could not be opened anew",
         [this] {
             return access_.file().failed_reopens() + audit_.file().failed_reopens() + error_.file().failed_reopens();
         }},
    });
}

}  // namespace server
