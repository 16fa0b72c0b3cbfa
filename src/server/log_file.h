// One log: lines gathered in memory and written once per turn, reopened on a signal. Used by AccessLog, AuditLog
// and ErrorLog.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "base/fd.h"

namespace server {

class LogFile {
public:
    /// `path`: a file to append to, "-" for `standard` (1 or 2), "" for off. Never waits, not for the reader of a FIFO
    /// either. The error is a sentence without a full stop.
    static std::expected<LogFile, std::string> open(const std::string& path, int standard);

    /// A log that takes nothing.
    static LogFile off() { return {}; }

    [[nodiscard]] bool on() const { return descriptor_ >= 0; }
    [[nodiscard]] bool is_standard_stream() const { return on() && path_.empty(); }
    /// The text of this turn: whole lines are appended to it.
    [[nodiscard]] std::string& pending() { return pending_; }
    /// Writes what is pending and never waits. What a full pipe or disk cannot take now is lost and counted, in whole
    /// lines; the rest of a line that was begun stays pending.
    void flush() {
        if (!pending_.empty()) write_pending();
    }
    /// Opens the path anew (after a rotation), or looks anew at what the standard stream is (after detaching). Keeps
    /// the old file when that fails and returns the sentence about it; empty when it was done.
    [[nodiscard]] std::string reopen();
    /// Writes what is pending, and goes on in `other`, which was just opened. What was counted stays.
    void continue_in(LogFile other);
    /// Makes a file that open() created belong to this user, so that it can be reopened when privileges are gone. A
    /// file that was there keeps its owner: it may be the target of a link that another user planted.
    void give_to(uid_t user, gid_t group) const;
    /// Why this process could not reopen the log after a rotation, as a sentence; empty when it could.
    [[nodiscard]] std::string obstacle_to_reopening() const;

    [[nodiscard]] std::uint64_t lost_bytes() const { return lost_bytes_; }
    [[nodiscard]] std::uint64_t failed_reopens() const { return failed_reopens_; }

private:
    /// How bytes are written without waiting.
    enum class Way : std::uint8_t {
        direct,   ///< a file, or an open file description that only this process uses and that does not block
        socket,   ///< send() with a flag for this one call
        no_wait,  ///< a pipe that cannot be opened again: a flag for this one call, where the kernel knows it
        by_page,  ///< the same before Linux 6.4: what poll() promises room for
    };

    LogFile() = default;
    void write_pending();
    int open_path();
    void leave_file();
    void take_standard_stream();
    [[nodiscard]] ssize_t write_some(std::string_view text);

    std::string path_;
    int standard_ = -1;
    base::Fd owned_;
    int descriptor_ = -1;
    Way way_ = Way::direct;
    bool is_created_ = false;
    bool is_line_begun_ = false;  ///< pending_ begins inside a line whose beginning is written
    std::string pending_;
    std::uint64_t lost_bytes_ = 0;
    std::uint64_t failed_reopens_ = 0;
};

}  // namespace server
