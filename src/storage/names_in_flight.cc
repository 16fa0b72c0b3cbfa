// Taking and freeing names.
#include "storage/names_in_flight.h"

#include <algorithm>
#include <utility>

namespace storage {

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
    Name& name = held_->second;
    if (name.waiting.empty()) {
        names_->erase(held_);
    } else {
        disk_->wake_later(name.waiting.front());
        name.waiting.pop_front();
        name.state = Name::State::handed_on;
    }
    names_ = nullptr;
}

std::optional<NamesInFlight::Hold> NamesInFlight::take(int directory, const std::string& name, DiskQueue& disk,
                                                       http::Wake wake) {
    const auto [found, is_new] = names_.try_emplace(Key{DirectoryId::of(directory), name});
    auto& [state, waiting] = found->second;
    // Forms ask again whenever one of their files goes on.
    const auto place = std::ranges::find(waiting, wake);
    if (is_new || state == Name::State::handed_on) {
        if (place != waiting.end()) waiting.erase(place);
        state = Name::State::held;
        return Hold(names_, found, disk);
    }
    if (place == waiting.end()) waiting.push_back(wake);
    return std::nullopt;
}

}  // namespace storage
