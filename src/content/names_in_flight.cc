// Taking and freeing names.
#include "content/names_in_flight.h"

#include <sys/stat.h>

#include <utility>

namespace content {

NamesInFlight::Hold::Hold(Hold&& other) noexcept
    : names_(std::exchange(other.names_, nullptr)), held_(other.held_), disk_(other.disk_) {}

NamesInFlight::Hold& NamesInFlight::Hold::operator=(Hold&& other) noexcept {
    if (this == &other) return *this;
    release();
    names_ = std::exchange(other.names_, nullptr);
    held_ = other.held_;
    disk_ = other.disk_;
    return *this;
}

void NamesInFlight::Hold::release() {
    if (names_ == nullptr) return;
    for (const http::Wake wake : held_->second) disk_->wake_later(wake);
    names_->erase(held_);
    names_ = nullptr;
}

std::optional<NamesInFlight::Hold> NamesInFlight::take(int directory, const std::string& name, DiskQueue& disk,
                                                       http::Wake wake) {
    struct stat status{};
    ::fstat(directory, &status);  // of an open directory
    const auto [held, is_free] = names_.try_emplace(Key{status.st_dev, status.st_ino, name});
    if (is_free) return Hold(names_, held, disk);
    held->second.push_back(wake);
    return std::nullopt;
}

}  // namespace content
