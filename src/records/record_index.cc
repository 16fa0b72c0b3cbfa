// Open addressing with linear steps, in shards.
#include "records/record_index.h"

#include <sys/random.h>

#include <algorithm>
#include <chrono>
#include <cstring>

namespace records {
namespace {

constexpr unsigned kLengthBits = 20;
constexpr std::size_t kFirstEntries = 16;

/// Folds both halves of the 128-bit product into one, so that every bit of the result depends on all bits of both
/// factors.
std::uint64_t fold(std::uint64_t a, std::uint64_t b) {
    __extension__ using Wide = unsigned __int128;
    const Wide product = static_cast<Wide>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
}

std::uint64_t pack(RecordPlace place) { return place.offset << kLengthBits | place.length; }

RecordPlace unpack(std::uint64_t packed) {
    return {.offset = packed >> kLengthBits,
            .length = static_cast<std::uint32_t>(packed & ((std::uint64_t{1} << kLengthBits) - 1))};
}

bool is_line(std::uint64_t packed) { return unpack(packed).length != 0; }

}  // namespace

RecordIndex::RecordIndex() {
    if (::getrandom(key_.data(), sizeof key_, 0) == static_cast<ssize_t>(sizeof key_)) return;
    key_[0] = static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
}

void RecordIndex::clear() {
    shards_ = {};
    size_ = 0;
}

std::uint64_t RecordIndex::hash(std::string_view id) const {
    std::uint64_t state = key_[0] ^ id.size();
    while (!id.empty()) {
        std::uint64_t word = 0;
        const std::size_t bytes = std::min(id.size(), sizeof word);
        std::memcpy(&word, id.data(), bytes);
        id.remove_prefix(bytes);
        state = fold(state ^ word ^ 0x9e37'79b9'7f4a'7c15, key_[1] | 1U) + word;
    }
    return fold(state ^ key_[1], 0xbf58'476d'1ce4'e5b9);
}

std::optional<RecordPlace> RecordIndex::find(std::uint64_t hash) const {
    const std::vector<Entry>& entries = shards_[shard_of(hash)].entries;
    for (std::size_t step = 0; step < entries.size(); ++step) {
        const Entry& entry = entries[(hash + step) & (entries.size() - 1)];
        if (entry.place == 0) break;
        if (entry.hash == hash && is_line(entry.place)) return unpack(entry.place);
    }
    return std::nullopt;
}

void RecordIndex::insert(Shard& shard, Entry entry) {
    std::size_t at = entry.hash & (shard.entries.size() - 1);
    while (shard.entries[at].place != 0) at = (at + 1) & (shard.entries.size() - 1);
    shard.entries[at] = entry;
    ++shard.used;
}

void RecordIndex::grow(Shard& shard) {
    Shard larger;
    std::size_t lines = 0;
    for (const Entry& entry : shard.entries) lines += is_line(entry.place) ? 1U : 0U;
    // Removed entries alone do not need a larger table.
    std::size_t wanted = kFirstEntries;
    while (wanted / 4 * 3 <= lines + 1) wanted *= 2;
    larger.entries.resize(wanted);
    for (const Entry& entry : shard.entries) {
        if (is_line(entry.place)) insert(larger, entry);
    }
    shard = std::move(larger);
}

void RecordIndex::add(std::uint64_t hash, RecordPlace place) {
    Shard& shard = shards_[shard_of(hash)];
    if (shard.used + 1 > shard.entries.size() / 8 * 7) grow(shard);
    insert(shard, {.hash = hash, .place = pack(place)});
    ++size_;
}

void RecordIndex::change(std::uint64_t hash, RecordPlace old, std::optional<std::uint32_t> length, std::int64_t moved) {
    std::vector<Entry>& own = shards_[shard_of(hash)].entries;
    for (std::size_t step = 0; step < own.size(); ++step) {
        Entry& entry = own[(hash + step) & (own.size() - 1)];
        if (entry.hash != hash || entry.place != pack(old)) continue;
        entry.place = length ? pack({old.offset, *length}) : kRemoved;
        if (!length) --size_;
        break;
    }
    if (moved == 0) return;
    const std::uint64_t behind = (old.offset + 1) << kLengthBits;
    const auto difference = static_cast<std::uint64_t>(moved) << kLengthBits;  // modulo 2^64, like the sum below
    for (Shard& shard : shards_) {
        for (Entry& entry : shard.entries) {
            if (entry.place >= behind && is_line(entry.place)) entry.place += difference;
        }
    }
}

std::size_t RecordIndex::memory_bytes() const {
    std::size_t bytes = sizeof *this;
    for (const Shard& shard : shards_) bytes += shard.entries.size() * sizeof(Entry);
    return bytes;
}

}  // namespace records
