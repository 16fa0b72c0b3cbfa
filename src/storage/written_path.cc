// The directory is resolved, the name is kept.
#include "storage/written_path.h"

#include <cerrno>
#include <cstddef>
#include <utility>

namespace storage {
namespace {

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

}  // namespace storage
