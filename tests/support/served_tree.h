// A directory to serve, with what shells can make in it: links, FIFOs, times. For the tests of content and handlers.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <ctime>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "storage/file_root.h"
#include "support/fake_clock.h"
#include "support/temp_dir.h"

/// The root is "www" in a directory of its own, so that "../outside.txt" is something real.
class ServedTree {
public:
    /// `resolver`: the one that this process can use when there is none.
    explicit ServedTree(storage::Symlinks symlinks = storage::Symlinks::inside,
                        std::optional<storage::Resolver> resolver = std::nullopt)
        : symlinks_(symlinks), resolver_(resolver) {
        directory_.make_directory("www");
        directory_.write("outside.txt", "SECRET-OUTSIDE");
    }

    [[nodiscard]] storage::FileRoot open() const {
        auto root = storage::FileRoot::open(at(""), symlinks_, resolver_);
        if (!root) throw std::runtime_error(root.error());
        return std::move(*root);
    }
    [[nodiscard]] std::string at(std::string_view name) const { return directory_.at("www/" + std::string(name)); }
    void write(std::string_view name, std::string_view content) const {
        directory_.write("www/" + std::string(name), content);
    }
    /// As editors and rsync do: a new file takes the name.
    void replace(std::string_view name, std::string_view content) const {
        write("replacement.tmp", content);
        check(::rename(at("replacement.tmp").c_str(), at(name).c_str()));
    }
    void make_directory(std::string_view name) const { directory_.make_directory("www/" + std::string(name)); }
    void link(std::string_view target, std::string_view name) const {
        check(::symlink(std::string(target).c_str(), at(name).c_str()));
    }
    void make_fifo(std::string_view name) const { check(::mkfifo(at(name).c_str(), 0600)); }
    void remove(std::string_view name) const { check(::unlink(at(name).c_str())); }
    void set_mode(std::string_view name, mode_t mode) const { check(::chmod(at(name).c_str(), mode)); }
    void set_mtime(std::string_view name, std::time_t seconds, long nanoseconds = 0) const {
        const timespec times[2] = {{0, UTIME_OMIT}, {seconds, nanoseconds}};
        check(::utimensat(AT_FDCWD, at(name).c_str(), times, 0));
    }
    [[nodiscard]] struct stat status(std::string_view name) const {
        struct stat status{};
        check(::stat(at(name).c_str(), &status));
        return status;
    }

private:
    static void check(int result) {
        if (result != 0) throw std::runtime_error("cannot prepare the served tree");
    }

    support::TempDir directory_;
    storage::Symlinks symlinks_;
    std::optional<storage::Resolver> resolver_;
};

/// A clock that shows a time at which what the test wrote has long settled.
inline FakeClock settled_clock() { return FakeClock(std::time(nullptr) + 5); }
/// A clock that shows the time of the test's start: everything the test writes is young.
inline FakeClock young_clock() { return FakeClock(std::time(nullptr)); }
