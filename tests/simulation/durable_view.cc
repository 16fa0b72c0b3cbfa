// Inodes stand for files and directories: what is renamed stays what it is.
#include "simulation/durable_view.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/directory_stream.h"
#include "base/fd.h"

namespace simulation {
namespace {

template <class Visit>
void for_each_entry(int directory, Visit visit) {
    base::DirectoryStream stream(base::open_directory(directory, "."));
    while (const dirent* entry = stream ? stream.next() : nullptr) {
        if (!base::is_dot_or_dot_dot(*entry)) visit(std::string(entry->d_name));
    }
}

}  // namespace

std::string content_of(int file) {
    struct stat status{};
    if (::fstat(file, &status) != 0) return {};
    std::string bytes(static_cast<std::size_t>(status.st_size), '\0');
    // The file may be open for writing alone.
    const base::Fd readable(::open(("/proc/self/fd/" + std::to_string(file)).c_str(), O_RDONLY | O_CLOEXEC));
    const ssize_t got = ::pread(readable.get(), bytes.data(), bytes.size(), 0);
    bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return bytes;
}

void DurableView::take_all(int root) {
    struct stat status{};
    if (::fstat(root, &status) != 0) return;
    if (root_ == 0) root_ = status.st_ino;
    note_sync(root);
    if (!S_ISDIR(status.st_mode)) return;
    for_each_entry(root, [&](const std::string& name) {
        const base::Fd entry(::openat(root, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
        if (entry) take_all(entry.get());
    });
}

void DurableView::note_sync(int file) {
    struct stat status{};
    if (::fstat(file, &status) != 0) return;
    if (S_ISREG(status.st_mode)) {
        files_[status.st_ino] = content_of(file);
        return;
    }
    Names& names = directories_[status.st_ino];
    names.clear();
    for_each_entry(file, [&](const std::string& name) {
        struct stat entry{};
        if (::fstatat(file, name.c_str(), &entry, AT_SYMLINK_NOFOLLOW) == 0) names[name] = entry.st_ino;
    });
}

const ino_t* DurableView::find(std::string_view path) const {
    const ino_t* at = &root_;
    while (!path.empty()) {
        const std::size_t slash = path.find('/');
        const std::string_view name = path.substr(0, slash);
        path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
        const auto directory = directories_.find(*at);
        if (directory == directories_.end()) return nullptr;
        const auto entry = directory->second.find(name);
        if (entry == directory->second.end()) return nullptr;
        at = &entry->second;
    }
    return at;
}

std::optional<std::string> DurableView::content(std::string_view path) const {
    const ino_t* const inode = find(path);
    if (inode == nullptr || directories_.contains(*inode)) return std::nullopt;
    const auto file = files_.find(*inode);
    // A name whose content was never synced: an empty file, or worse.
    return file == files_.end() ? std::string("(never synced)") : file->second;
}

}  // namespace simulation
