// The directory is resolved, the name is kept.
#include "storage/written_path.h"

#include <cerrno>
#include <cstddef>
#include <utility>

namespace storage {
namespace {

bool is_below(std::string_view path, std::string_view folder) {
    return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

constexpr http::Refusal kUntold{http::Status::service_unavailable,
                                "the server cannot tell for now where this path leads."};

}  // namespace

std::expected<std::string, http::Refusal> find_written_path(const FileRoot& root, std::string_view path) {
    const std::size_t slash = path.rfind('/', path.size() < 2 ? 0 : path.size() - 2);
    if (slash == 0 || slash == std::string_view::npos) return std::string(path);
    auto directory = root.find_real_path(path.substr(0, slash));
    if (directory) return (*directory == "/" ? std::string() : std::move(*directory)).append(path.substr(slash));
    switch (directory.error().number) {
        // The write itself then fails in the same way, or it happens outside of the root, where no rule by path holds.
        case EXDEV:
        case EACCES:
        case ELOOP:
        case ENAMETOOLONG: return std::string(path);
        default: return std::unexpected(kUntold);
    }
}

std::expected<Overlap, http::Refusal> find_overlap(const FileRoot& root, std::string_view source,
                                                   std::string_view destination) {
    auto from = find_written_path(root, source);
    if (!from) return std::unexpected(from.error());
    auto to = find_written_path(root, destination);
    if (!to) return std::unexpected(to.error());
    if (from->ends_with('/')) from->pop_back();
    if (to->ends_with('/')) to->pop_back();
    if (*from == *to) return Overlap::same;
    if (is_below(*to, *from)) return Overlap::destination_is_inside;
    return is_below(*from, *to) ? Overlap::source_is_inside : Overlap::none;
}

}  // namespace storage
