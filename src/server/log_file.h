// One log: lines gathered in memory and written once per turn, reopened on a signal. Used by AccessLog and ErrorLog.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "base/fd.h"

namespace server {

class LogFile {
public:
    /// `path`: a file to append to, "-" for `standard` (1 or 2), "" for off. The error is a sentence.
    static std::expected<LogFile, std::string> open(const std::string& path, int standard);

    [[nodiscard]] bool on() const { return descriptor_ >= 0; }
    /// The text of this turn: whole lines are appended to it.
    [[nodiscard]] std::string& pending() { return pending_; }
    /// Writes what is pending. A log that cannot take it now (a full pipe or disk) loses it and counts it:
    /// logging never holds up the loop.
    void flush();
    /// Opens the path anew (after a rotation); keeps the old file when that fails.
    void reopen();
    [[nodiscard]] std::uint64_t lost_bytes() const { return lost_bytes_; }

private:
    LogFile() = default;

    std::string path_;
    base::Fd owned_;
    int descriptor_ = -1;
    std::string pending_;
    std::uint64_t lost_bytes_ = 0;
};

}  // namespace server
