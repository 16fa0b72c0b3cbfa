// When a table is full, the entry that was not used for longest goes.
#include "access_control/guess_limits.h"

#include <algorithm>

namespace access_control {
namespace {

/// 1 s, 2 s, 4 s … up to `most`; nothing for the free ones.
base::MonotonicMs pause_ms(unsigned failures, unsigned free, base::MonotonicMs most) {
    if (failures < free) return 0;
    constexpr unsigned kMostDoublings = 20;
    return std::min<base::MonotonicMs>(base::MonotonicMs{1'000} << std::min(failures - free, kMostDoublings), most);
}

}  // namespace

std::uint64_t GuessLimits::key_of(const http::ClientKey& client, std::string_view name) const {
    const std::uint64_t address = http::ClientKeyHash{}(client);
    return keyed_hash({key_[0] ^ address, key_[1]}, name);
}

base::MonotonicMs GuessLimits::left_ms(const Table& table, std::uint64_t key) const {
    const auto found = table.find(key);
    if (found == table.end()) return 0;
    return std::max<base::MonotonicMs>(found->second.until_ms - clock_.now_ms(), 0);
}

base::MonotonicMs GuessLimits::wait_ms(const http::ClientKey& client, std::string_view name) const {
    const base::MonotonicMs by_address = left_ms(by_address_, key_of(client, {}));
    if (by_address > 0 || name.empty()) return by_address;
    const base::MonotonicMs by_name = left_ms(by_name_, keyed_hash(key_, name));
    if (by_name == 0) return 0;
    const auto known = known_.find(key_of(client, name));
    const bool is_known = known != known_.end() && clock_.now_ms() - known->second.last_ms < kForgetMs;
    return is_known ? 0 : by_name;
}

GuessLimits::Failures& GuessLimits::entry(Table& table, std::uint64_t key) const {
    if (table.size() >= kMostEntries && !table.contains(key)) {
        std::erase_if(table, [&](const auto& each) { return clock_.now_ms() - each.second.last_ms >= kForgetMs; });
        if (table.size() >= kMostEntries) {
            table.erase(std::ranges::min_element(table, {}, [](const auto& each) { return each.second.last_ms; }));
        }
    }
    Failures& found = table[key];
    if (clock_.now_ms() - found.last_ms >= kForgetMs) found.count = 0;
    found.last_ms = clock_.now_ms();
    return found;
}

void GuessLimits::note_failure(const http::ClientKey& client, std::string_view name) {
    Failures& address = entry(by_address_, key_of(client, {}));
    address.until_ms = clock_.now_ms() + pause_ms(++address.count, kFreeByAddress, kMostByAddressMs);
    if (name.empty()) return;
    Failures& tried = entry(by_name_, keyed_hash(key_, name));
    tried.until_ms = clock_.now_ms() + pause_ms(++tried.count, kFreeByName, kMostByNameMs);
}

void GuessLimits::note_success(const http::ClientKey& client, std::string_view name) {
    if (!name.empty()) entry(known_, key_of(client, name));
}

}  // namespace access_control
