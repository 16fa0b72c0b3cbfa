// Looks at the directory of the file.
#include "app/shared_place.h"

#include <sys/stat.h>

namespace app {

std::string find_shared_place(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    const std::string directory = slash == std::string::npos ? "." : path.substr(0, slash == 0 ? 1 : slash);
    struct stat status{};
    if (::stat(directory.c_str(), &status) != 0) return {};
    const bool is_shared = (status.st_mode & S_IWOTH) != 0 && (status.st_mode & S_ISVTX) == 0;
    if (!is_shared) return {};
    return "every user may write to " + directory + " and so replace " + path +
           ": choose another directory, or chmod o-w it";
}

}  // namespace app
