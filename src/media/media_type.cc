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
/// Of ".ts", which is TypeScript as well.
constexpr std::string_view kTransportStream = "video/mp2t";

/// Empty when there is none.
std::string_view extension_of(std::string_view path) {
    const std::string_view name = path.substr(path.rfind('/') + 1);
    const std::size_t dot = name.rfind('.');
    // A name that only begins with a dot has no extension.
    if (dot == std::string_view::npos || dot == 0) return {};
    return name.substr(dot + 1);
}

}  // namespace

/// Empty when the extension is unknown.
std::string_view MediaTypes::find(std::string_view extension) const {
    if (extension.empty() || extension.size() > kLongestExtension) return {};
    std::array<char, kLongestExtension> lower;
    std::ranges::transform(extension, lower.begin(), base::to_lower);
    const std::string_view wanted(lower.data(), extension.size());
    if (!configured_.empty()) {
        const auto found = std::ranges::lower_bound(configured_, wanted, {}, &FileMediaType::extension);
        if (found != configured_.end() && found->extension == wanted) return found->media_type;
    }
    const auto table = built_in_media_types();
    const auto found = std::ranges::lower_bound(table, wanted, {}, &ExtensionType::extension);
    return found != table.end() && found->extension == wanted ? found->media_type : std::string_view();
}

MediaTypes::MediaTypes(FileMediaTypes configured, std::vector<CodedName> coded_names)
    : configured_(std::move(configured)), coded_names_(std::move(coded_names)) {
    coded_names_.push_back({".svgz", "svg", "gzip"});
}

NamedType MediaTypes::describe(std::string_view path) const {
    const std::string_view name = path.substr(path.rfind('/') + 1);
    for (const CodedName& each : coded_names_) {
        if (name.size() <= each.ending.size()) continue;
        if (!base::equals_ignoring_case(name.substr(name.size() - each.ending.size()), each.ending)) continue;
        const std::string_view held = find(each.extension);
        return {held.empty() ? kUnknown : held, each.coding, true};
    }
    const std::string_view extension = extension_of(path);
    const std::string_view found = find(extension);
    if (found.empty()) return {kUnknown, {}, false};
    return {found, {}, found != kTransportStream};
}

std::string_view MediaTypes::type_of(std::string_view path) const { return describe(path).media_type; }

bool MediaTypes::knows_extension_of(std::string_view path) const { return !find(extension_of(path)).empty(); }

std::shared_ptr<const MediaTypes> MediaTypes::built_in() {
    static const auto types = std::make_shared<const MediaTypes>();
    return types;
}

}  // namespace media
