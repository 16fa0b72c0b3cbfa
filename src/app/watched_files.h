// Files that are read together, such as a certificate and its key, and read anew when one of them changes. What is
// wrong with them is said once, and not while they are being replaced one after the other. Part of
// app/certificate_files.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"

namespace app {

/// A problem is complained about when it stays for this long: whoever renews a certificate replaces two files, one
/// after the other.
inline constexpr base::MonotonicMs kComplainAfterMs = 10'000;

/// Which files a look reads.
enum class Look : std::uint8_t { changed, all };

class WatchedFiles {
public:
    /// As they are now, before they are read for the first time: a change in between is seen by the first look.
    explicit WatchedFiles(std::vector<std::string> paths);

    /// True when they are to be read now.
    [[nodiscard]] bool look(Look which);
    /// What became of the reading at `now_ms`: taken, or a sentence.
    void note_taken() { problem_.clear(); }
    void note_problem(std::string sentence, Look which, base::MonotonicMs now_ms);
    /// The problem of the last reading, once, when it is time to say it.
    [[nodiscard]] std::optional<std::string> take_complaint(base::MonotonicMs now_ms);

private:
    /// What tells one state of a file from another. Links are followed, so that one that is turned to another file
    /// counts as a change.
    struct Stamp {
        std::uint64_t device = 0;
        std::uint64_t inode = 0;
        std::int64_t size = 0;
        std::int64_t modified_ns = 0;
        std::int64_t changed_ns = 0;
        friend bool operator==(const Stamp&, const Stamp&) = default;
    };
    struct File {
        std::string path;
        Stamp stamp;
    };

    static Stamp stamp_of(const std::string& path);

    std::vector<File> files_;
    std::string problem_;                      ///< of the last reading; empty when it was taken
    std::optional<base::MonotonicMs> say_ms_;  ///< when the problem is to be said; nullopt: it was
};

}  // namespace app
