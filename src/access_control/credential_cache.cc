// All entries hold for the same time, so the one that ends first is the oldest.
#include "access_control/credential_cache.h"

#include <algorithm>
#include <utility>

namespace access_control {

CredentialCache::CredentialCache(const base::Clock& clock, base::MonotonicMs keep_ms)
    : clock_(clock), keep_ms_(keep_ms) {}

CredentialCache::Key CredentialCache::key_of(std::string_view field) const {
    return {keyed_hash(first_, field), keyed_hash(second_, field)};
}

std::shared_ptr<const http::User> CredentialCache::find(std::string_view field) const {
    if (entries_.empty()) return nullptr;
    const auto found = entries_.find(key_of(field));
    if (found == entries_.end() || clock_.now_ms() >= found->second.until_ms) return nullptr;
    return found->second.user;
}

void CredentialCache::keep(std::string_view field, std::shared_ptr<const http::User> user) {
    if (keep_ms_ <= 0) return;
    const Key key = key_of(field);
    if (entries_.size() >= kMostEntries && !entries_.contains(key)) make_room();
    entries_[key] = {std::move(user), clock_.now_ms() + keep_ms_};
}

void CredentialCache::make_room() {
    std::erase_if(entries_, [now = clock_.now_ms()](const auto& each) { return now >= each.second.until_ms; });
    if (entries_.size() < kMostEntries) return;
    entries_.erase(std::ranges::min_element(entries_, {}, [](const auto& each) { return each.second.until_ms; }));
}

}  // namespace access_control
