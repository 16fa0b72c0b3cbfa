// One name found in a directory, with what stat told of it. Made by listing_reader, compared by listing_order, kept by
// listing_selection.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>

#include "listings/listing_format.h"

namespace listings {

struct ListingItem {
    std::string name;
    ListingEntry::Kind kind = ListingEntry::Kind::file;
    /// The members below have a meaning only when `looked` is yes; the name and its kind are known from the directory.
    enum class Looked : std::uint8_t { no, yes } looked = Looked::no;
    ListingEntry::Access access = ListingEntry::Access::readable;
    std::uint64_t bytes = 0;  ///< 0 for directories
    ino_t inode = 0;
    timespec modified{};
    timespec changed{};
    /// Empty for directories. Known without a look. Lives as long as the media types that the reader was given.
    std::string_view media_type;

    /// Takes over what `status` says. `media_type` follows from the name.
    void look(const struct stat& status);
    /// The entry exists, and its status could not be read.
    void mark_unknown();
    /// The entry that a format is given. `entity_tag` is storage for the tag that the entry points to.
    [[nodiscard]] ListingEntry entry(std::int64_t now, std::string& entity_tag) const;

    [[nodiscard]] bool is_directory() const { return kind == ListingEntry::Kind::directory; }
    /// What it takes in memory, its name included.
    [[nodiscard]] std::size_t memory_bytes() const { return sizeof *this + name.capacity(); }
};

}  // namespace listings
