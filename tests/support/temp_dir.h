// A directory of a test's own, removed at the end of its scope. Called by the end-to-end and crash tests.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace support {

class TempDir {
public:
    /// Made below $TMPDIR or /tmp; throws when that fails.
    TempDir();
    ~TempDir();
    TempDir(const TempDir&) = delete;
    TempDir& operator=(const TempDir&) = delete;

    [[nodiscard]] const std::string& path() const { return path_; }
    /// The absolute name of `name` in here.
    [[nodiscard]] std::string at(std::string_view name) const { return path_ + "/" + std::string(name); }
    /// Writes a whole file, missing parents included.
    void write(std::string_view name, std::string_view content) const;
    /// The whole file; throws when there is none.
    [[nodiscard]] std::string read(std::string_view name) const;
    [[nodiscard]] bool has(std::string_view name) const;
    void make_directory(std::string_view name) const;
    /// Says that the file was last modified an hour ago: its tag is strong from the first request on.
    void make_old(std::string_view name) const;
    /// Names of all files and directories below, dot names included, relative, sorted.
    [[nodiscard]] std::vector<std::string> list() const;
    /// Removes everything inside.
    void clear() const;

private:
    std::string path_;
};

/// The whole of the file `name`; throws when it cannot be read.
std::string read_file(const std::string& name);
/// `length` bytes that compress badly and differ for every `seed`.
std::string noise(std::size_t length, unsigned seed = 1);

}  // namespace support
