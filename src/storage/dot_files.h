// Which names that begin with a dot are served, shown and written. Chosen by --dot-files; asked through FileRoot by all
// that serves, lists and writes, and for the paths that options name. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/eight_bytes.h"

namespace storage {

enum class DotFiles : std::uint8_t {
    hide,   ///< none
    write,  ///< those that a client names itself are written, and read by who may write there; none is shown
    serve,  ///< they are names like others
};

/// How names of the server's own begin: they are hidden in any case, in whichever directory.
inline constexpr std::string_view kOwnNamePrefix = ".godwit";

/// True when a segment of the path begins with `prefix`, other than a leading "/.well-known". `prefix` begins with a
/// dot.
[[nodiscard]] inline bool has_segment_with(std::string_view path, std::string_view prefix) {
    constexpr std::string_view kWellKnown = "/.well-known";
    if (!base::may_have_pair(path, '/', prefix.front())) return false;
    for (std::size_t dot = path.find(prefix); dot != std::string_view::npos; dot = path.find(prefix, dot + 1)) {
        if (dot == 0 || path[dot - 1] != '/') continue;
        const bool is_well_known = dot == 1 && path.starts_with(kWellKnown) &&
                                   (path.size() == kWellKnown.size() || path[kWellKnown.size()] == '/');
        if (!is_well_known) return true;
    }
    return false;
}

[[nodiscard]] inline bool has_dot_name(std::string_view path) { return has_segment_with(path, "."); }

/// True for a path that no request can ask for.
[[nodiscard]] inline bool is_hidden(std::string_view path, DotFiles dot_files = DotFiles::hide) {
    return has_segment_with(path, dot_files == DotFiles::hide ? "." : kOwnNamePrefix);
}

/// True for the name of an entry that may be shown in its directory; not for "." and "..".
[[nodiscard]] constexpr bool is_listed_name(std::string_view name, DotFiles dot_files) {
    if (!name.starts_with('.')) return true;
    return dot_files == DotFiles::serve && name != "." && name != ".." && !name.starts_with(kOwnNamePrefix);
}

}  // namespace storage
