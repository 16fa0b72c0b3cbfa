// Where the files of TLS come from, as often as they are read: from this process itself, or, where it gave up the right
// to open them, from the one that keeps secrets. Used by app/certificate_files.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "base/fd.h"
#include "base/file_stamp.h"

namespace app {

class FileSource {
public:
    virtual ~FileSource() = default;
    /// nullopt: nothing is known of it yet.
    [[nodiscard]] virtual std::optional<base::FileStamp> stamp(const std::string& path) = 0;
    /// The open file, or an errno.
    [[nodiscard]] virtual std::expected<base::Fd, int> open(const std::string& path) = 0;
};

/// What this process may open.
class OwnFiles final : public FileSource {
public:
    [[nodiscard]] std::optional<base::FileStamp> stamp(const std::string& path) override;
    [[nodiscard]] std::expected<base::Fd, int> open(const std::string& path) override;
};

/// What the process that keeps secrets handed over, the latest of each. Filled by app/signing_in.
class HandedFiles final : public FileSource {
public:
    /// `paths`: what it is asked for.
    explicit HandedFiles(std::vector<std::string> paths);

    [[nodiscard]] const std::vector<std::string>& paths() const { return paths_; }
    /// One of paths(), by its number, as it is now: an open file, or the errno of opening it.
    void take(std::size_t number, std::expected<base::Fd, int> file);

    [[nodiscard]] std::optional<base::FileStamp> stamp(const std::string& path) override;
    [[nodiscard]] std::expected<base::Fd, int> open(const std::string& path) override;

private:
    [[nodiscard]] const std::optional<std::expected<base::Fd, int>>& find(const std::string& path) const;

    std::vector<std::string> paths_;
    std::vector<std::optional<std::expected<base::Fd, int>>> files_;  ///< in the order of paths_; nullopt: none yet
};

}  // namespace app
