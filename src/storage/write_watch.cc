// One inotify descriptor for all files. Equal events in a row are one in the kernel's queue, and a queue that overflows
// makes every file count as written.
#include "storage/write_watch.h"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

namespace storage {

int WriteWatch::begin(int descriptor) {
    if (!inotify_) inotify_ = base::Fd(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
    if (!inotify_) return kNone;
    take_events();
    const std::string path = "/proc/self/fd/" + std::to_string(descriptor);
    const int watch = ::inotify_add_watch(inotify_.get(), path.c_str(), IN_MODIFY | IN_ATTRIB);
    if (watch < 0) return kNone;
    ++marks_[watch].users;
    return watch;
}

WriteWatch::Seen WriteWatch::look(int watch) {
    take_events();
    const auto found = marks_.find(watch);
    return found == marks_.end() ? Seen{} : found->second.seen;
}

void WriteWatch::end(int watch) {
    const auto found = marks_.find(watch);
    if (found == marks_.end() || --found->second.users > 0) return;
    marks_.erase(found);
    ::inotify_rm_watch(inotify_.get(), watch);
}

void WriteWatch::take_events() {
    alignas(inotify_event) std::array<std::byte, 4096> buffer;
    for (;;) {
        const ssize_t count = ::read(inotify_.get(), buffer.data(), buffer.size());
        if (count <= 0) return;
        for (std::size_t at = 0; at < static_cast<std::size_t>(count);) {
            inotify_event event{};
            std::memcpy(&event, &buffer.at(at), sizeof event);
            at += sizeof event + event.len;
            if ((event.mask & IN_Q_OVERFLOW) != 0) {
                for (auto& [watch, mark] : marks_) mark.seen.written = true;
            }
            const auto found = marks_.find(event.wd);
            if (found == marks_.end()) continue;
            if ((event.mask & (IN_MODIFY | IN_UNMOUNT)) != 0) found->second.seen.written = true;
            if ((event.mask & IN_ATTRIB) != 0) found->second.seen.touched = true;
        }
    }
}

}  // namespace storage
