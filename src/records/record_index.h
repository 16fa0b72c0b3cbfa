// Finds the place of a record's line in the file by the record's id. Holds no ids, only keyed hashes of them; the
// caller compares the line that is found. Filled by the record file. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace records {

/// A line's place in the file, without its newline.
struct RecordPlace {
    std::uint64_t offset = 0;  ///< below 2^44
    std::uint32_t length = 0;  ///< below 2^20

    friend bool operator==(const RecordPlace&, const RecordPlace&) = default;
};

class RecordIndex {
public:
    /// Chooses a random key, so that no client can choose ids that collide.
    RecordIndex();

    void clear();
    [[nodiscard]] std::uint64_t hash(std::string_view id) const;

    /// The place of the id with this hash.
    [[nodiscard]] std::optional<RecordPlace> find(std::uint64_t hash) const;
    /// `hash` is not there yet.
    void add(std::uint64_t hash, RecordPlace place);
    /// The line at `offset` has another length now, or is gone with its newline (`length` is nullopt): what stands
    /// behind it moves.
    void change(std::uint64_t hash, RecordPlace old, std::optional<std::uint32_t> length, std::int64_t moved);

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] std::size_t memory_bytes() const;

private:
    /// 16 bytes. Length 0 (no record is that short) with offset 0 is an empty entry, with offset 1 a removed one.
    struct Entry {
        std::uint64_t hash = 0;
        std::uint64_t place = 0;  ///< offset << 20 | length
    };
    /// Each shard is a table of its own, so that growing never moves more than a small part of all entries.
    struct Shard {
        std::vector<Entry> entries;
        std::size_t used = 0;  ///< removed ones included
    };
    static constexpr std::size_t kShards = 64;
    static constexpr std::uint64_t kRemoved = std::uint64_t{1} << 20;

    [[nodiscard]] static std::size_t shard_of(std::uint64_t hash) { return hash >> 58; }
    static void insert(Shard& shard, Entry entry);
    static void grow(Shard& shard);

    std::array<Shard, kShards> shards_;
    std::size_t size_ = 0;
    std::array<std::uint64_t, 2> key_{};
};

}  // namespace records
