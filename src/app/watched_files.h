// Files that are read together, such as a certificate and its key, and read anew when one of them changes. What is
// wrong with them is said once, and not while they are being replaced one after the other. Part of
// app/certificate_files.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/file_source.h"
#include "base/clock.h"
#include "base/file_stamp.h"

namespace app {

/// A problem is complained about when it stays for this long: whoever renews a certificate replaces two files, one
/// after the other.
inline constexpr base::MonotonicMs kComplainAfterMs = 10'000;

/// Which files a look reads.
enum class Look : std::uint8_t { changed, all };

class WatchedFiles {
public:
    /// As `source` has them now, before they are read for the first time: a change in between is seen by the first
    /// look.
    WatchedFiles(std::vector<std::string> paths, FileSource& source);

    /// True when they are to be read now. A file that `source` knows nothing of yet is as it was.
    [[nodiscard]] bool look(Look which, FileSource& source);
    /// What became of the reading at `now_ms`: taken, or a sentence.
    void note_taken() { problem_.clear(); }
    void note_problem(std::string sentence, Look which, base::MonotonicMs now_ms);
    /// The problem of the last reading, once, when it is time to say it.
    [[nodiscard]] std::optional<std::string> take_complaint(base::MonotonicMs now_ms);

private:
    struct File {
        std::string path;
        base::FileStamp stamp;
    };

    std::vector<File> files_;
    std::string problem_;                      ///< of the last reading; empty when it was taken
    std::optional<base::MonotonicMs> say_ms_;  ///< when the problem is to be said; nullopt: it was
};

}  // namespace app
