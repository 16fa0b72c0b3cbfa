// Which names are sidecars, and of which file: a file that is sent in place of another has to be written and read under
// the rules of that file as well. Asked by PathWatch, by find_file_beside() and wherever a rule is looked up by path.
// Pure.
#pragma once

#include <array>
#include <string_view>

namespace storage {

/// File names that stand beside a file with its coded forms, in the order of PathWatch::sidecar().
inline constexpr std::array<std::string_view, 4> kSidecarSuffixes = {".gz", ".deflate", ".br", ".zst"};

/// The path or name of the file that `path` would be a sidecar of: a part of it, without one suffix. Empty when it is
/// no such name, as that of a directory, with a slash at its end. The file need not exist. It may be a sidecar again.
[[nodiscard]] constexpr std::string_view find_file_of_sidecar(std::string_view path) {
    for (const std::string_view suffix : kSidecarSuffixes) {
        if (!path.ends_with(suffix)) continue;
        const std::string_view file = path.substr(0, path.size() - suffix.size());
        return file.ends_with('/') ? std::string_view() : file;
    }
    return {};
}

}  // namespace storage
