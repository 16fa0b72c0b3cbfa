// The served directory. Every path is resolved below it by path_opening, for reads and for writes; no path of a request
// reaches any other call. Called by the features, by the writers in storage, and by site.
#pragma once

#include <sys/stat.h>

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "base/fd.h"
#include "storage/dot_files.h"
#include "storage/path_opening.h"

namespace storage {

class FileRoot {
public:
    /// Opens `directory`. The error is a sentence for the person who started the server. `resolver`: the one that this
    /// process can use, unless a test names another.
    static std::expected<FileRoot, std::string> open(const std::string& directory, Symlinks symlinks,
                                                     std::optional<Resolver> resolver = std::nullopt);

    /// Paths here are a target's decoded path: they begin with '/', hold no NUL and no dot-segments; "/" is the root.

    /// Opens a file or directory for reading, without blocking on a FIFO or device. The caller checks what it is.
    [[nodiscard]] std::expected<base::Fd, FileError> open_for_reading(std::string_view path) const;
    /// Opens the directory `path` for the *at() calls of writers and listings. One that was removed has no entries and
    /// is an error: ENOENT, and ESTALE for the root.
    [[nodiscard]] std::expected<base::Fd, FileError> open_directory(std::string_view path) const;

    /// What a path leads to.
    struct Found {
        struct stat status{};
        bool passes_link = false;  ///< the path's last name or one before it is a link
    };

    /// What open_for_reading() would open, without opening it: a device or a FIFO is not touched. Links are followed as
    /// the policy allows. A link that leads out of the root gives EXDEV or ELOOP, whether or not its target exists.
    [[nodiscard]] std::expected<Found, FileError> find(std::string_view path) const;
    /// The status that find() gives.
    [[nodiscard]] std::expected<struct stat, FileError> stat_inside(std::string_view path) const;
    /// The same for the name itself: a link at the end of the path is not followed. A slash at the end of `path` is
    /// not part of the name.
    [[nodiscard]] std::expected<struct stat, FileError> stat_name_inside(std::string_view path) const;

    /// Like stat_name_inside(), in one system call where the others take three, to check again and again that an open
    /// file is still what the path names. Only for paths on which find() met no link before the last name: the kernel
    /// would follow one there, even out of the root.
    [[nodiscard]] std::expected<struct stat, FileError> stat_directly(std::string_view path) const;

    /// The path with every link resolved, so that rules can be looked up by the real place. Names at its end that do
    /// not exist yet are kept. Errors: an errno of the resolution; EXDEV: it leads out of the root; ENOSYS: the kernel
    /// does not tell, because /proc is not mounted.
    [[nodiscard]] std::expected<std::string, FileError> find_real_path(std::string_view path) const;

    /// What is done with names that begin with a dot; `hide` unless this is called, before anything is served.
    void set_dot_files(DotFiles dot_files) { dot_files_ = dot_files; }
    [[nodiscard]] DotFiles dot_files() const { return dot_files_; }
    /// True for a path that no request can ask for.
    [[nodiscard]] bool is_hidden(std::string_view path) const { return storage::is_hidden(path, dot_files_); }
    /// True for a path that only those may ask for who may write there.
    [[nodiscard]] bool is_for_writers(std::string_view path) const {
        return dot_files_ == DotFiles::write && has_dot_name(path);
    }
    /// True for the name of an entry that may be shown in its directory.
    [[nodiscard]] bool is_listed(std::string_view name) const { return is_listed_name(name, dot_files_); }

    /// True when links may lead out of the root.
    [[nodiscard]] bool follows_links_out() const { return symlinks_ == Symlinks::all; }
    [[nodiscard]] int descriptor() const { return directory_->get(); }
    [[nodiscard]] const base::SharedFd& shared() const { return directory_; }
    [[nodiscard]] Resolver resolver() const { return resolver_; }
    [[nodiscard]] const std::string& name() const { return name_; }  ///< absolute path of the root, for messages

private:
    FileRoot(base::Fd directory, std::string name, Resolver resolver, Symlinks symlinks);

    [[nodiscard]] std::expected<base::Fd, FileError> open_path(std::string_view path, int flags) const;
    [[nodiscard]] std::expected<std::string, FileError> path_of(int descriptor) const;

    base::SharedFd directory_;
    std::string name_;
    Resolver resolver_;
    Symlinks symlinks_;
    DotFiles dot_files_ = DotFiles::hide;
};

}  // namespace storage
