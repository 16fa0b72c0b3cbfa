// A move in the place of something, where one of the two is a folder. No single call does that: the two exchange their
// names in one, and what was there is hidden or removed by the next. A note beside it says so meanwhile, and the sweep
// of leftovers does the second step when the process died behind the first. Called by storage/publication and
// uploads/leftover_sweep.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "storage/held_names.h"

namespace storage {

/// ".godwit-<16 hexadecimal digits>.swap": a note about a move that is under way.
[[nodiscard]] bool is_swap_name(std::string_view name);

/// Says that a file or directory has to go once it has this name in the directory of the note.
struct SwapNote {
    std::string file;          ///< the note's own name
    std::uint64_t inode = 0;   ///< with `born_ns`: of what has to go
    std::int64_t born_ns = 0;  ///< 0 where the file system does not tell
    std::string name;
};

/// Writes a note beside `from` about what has the name `to` now. An errno.
[[nodiscard]] std::expected<SwapNote, int> write_swap_note(const HeldName& from, const HeldName& to);
/// nullopt: it is none, or not of this process's user, or it is cut off, so that the names were not exchanged.
[[nodiscard]] std::optional<SwapNote> read_swap_note(int directory, const std::string& file);

/// Hides or removes what has to go, if it has the name, and removes the note. The name of the server's own that a
/// directory has afterwards, to be removed with all that is in it; empty when there is none. An errno: the note stays.
[[nodiscard]] std::expected<std::string, int> finish_swap(int directory, const SwapNote& note);

/// What has the name `from` gets the name `to`, and what had that goes. As finish_swap(); after an error nothing was
/// changed.
[[nodiscard]] std::expected<std::string, int> swap_away(const HeldName& from, const HeldName& to);

}  // namespace storage
