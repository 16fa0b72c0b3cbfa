// Files that the verifier process opens for the server, which gave up the right to open them: certificates and their
// keys. It reads nothing of them. Owned by the process; the server takes what it gives through verifier_client.
#pragma once

#include <cstddef>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/fd.h"
#include "base/file_stamp.h"

namespace access_control {

class FileHandover {
public:
    /// `paths`: absolute.
    explicit FileHandover(const std::vector<std::string>& paths);

    /// Gives each file that is another one, or has another state, than at the last look: opened to be read, or the
    /// errno of that. The first look gives all. A look costs one system call for each file.
    void look(const std::function<void(std::size_t number, const std::expected<base::Fd, int>& file)>& give);

private:
    struct Watched {
        std::string path;
        std::optional<base::FileStamp> seen;
    };
    std::vector<Watched> files_;
};

}  // namespace access_control
