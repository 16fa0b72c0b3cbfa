// The extension of a path, looked up in what the operator configured and in the built-in table.
#include "media/media_type.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/ascii.h"
#include "media/media_type_table.h"

namespace media {
namespace {

constexpr std::string_view kUnknown = "application/octet-stream";

/// Set once, before anything is served.
FileMediaTypes& configured_types() {
    static FileMediaTypes types;
    return types;
}

/// Empty when there is none.
std::string_view extension_of(std::string_view path) {
    const std::string_view name = path.substr(path.rfind('/') + 1);
    const std::size_t dot = name.rfind('.');
    // A name that only begins with a dot has no extension.
    if (dot == std::string_view::npos || dot == 0) return {};
    return name.substr(dot + 1);
}

/// Empty when the extension is unknown.
std::string_view find_type(std::string_view extension) {
    if (extension.empty() || extension.size() > kLongestExtension) return {};
    std::array<char, kLongestExtension> lower;
    std::ranges::transform(extension, lower.begin(), base::to_lower);
    const std::string_view wanted(lower.data(), extension.size());
    if (const FileMediaTypes& configured = configured_types(); !configured.empty()) {
        const auto found = std::ranges::lower_bound(configured, wanted, {}, &FileMediaType::extension);
        if (found != configured.end() && found->extension == wanted) return found->media_type;
    }
    const auto table = built_in_media_types();
    const auto found = std::ranges::lower_bound(table, wanted, {}, &ExtensionType::extension);
    return found != table.end() && found->extension == wanted ? found->media_type : std::string_view();
}

}  // namespace

std::string_view media_type_of(std::string_view path) {
    const std::string_view found = find_type(extension_of(path));
    return found.empty() ? kUnknown : found;
}

bool has_known_extension(std::string_view path) { return !find_type(extension_of(path)).empty(); }

void use_media_types(FileMediaTypes types) { configured_types() = std::move(types); }

}  // namespace media
