// Reads a directory, sorts it and gives the format one entry after the other.
#include "content/listing_source.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>

#include "base/ascii.h"
#include "content/media_type.h"

namespace content {
namespace {

bool less_ignoring_case(std::string_view a, std::string_view b) {
    const auto folded = [](char x, char y) {
        return static_cast<unsigned char>(base::to_lower(x)) < static_cast<unsigned char>(base::to_lower(y));
    };
    if (std::ranges::lexicographical_compare(a, b, folded)) return true;
    if (std::ranges::lexicographical_compare(b, a, folded)) return false;
    return a < b;
}

}  // namespace

ListingSource::ListingSource(const FileRoot& root, base::Fd directory, std::string_view path,
                             std::unique_ptr<ListingFormat> format)
    : root_(root), directory_(std::move(directory)), path_(path), format_(std::move(format)) {}

http::BodySource::Pulled ListingSource::pull(std::span<std::byte> into) {
    if (stage_ == Stage::unread) {
        if (!read_items()) return {Outcome::failed};
        stage_ = Stage::rows;
        format_->opening(text_);
    }
    std::size_t produced = 0;
    for (;;) {
        const std::size_t count = std::min(text_.size() - text_begin_, into.size() - produced);
        std::memcpy(into.data() + produced, text_.data() + text_begin_, count);
        produced += count;
        text_begin_ += count;
        if (text_begin_ < text_.size()) return {Outcome::produced, produced};
        text_.clear();
        text_begin_ = 0;
        if (stage_ == Stage::ended) return {Outcome::finished, produced};
        if (next_item_ < items_.size()) {
            append_row(items_[next_item_++]);
        } else {
            format_->closing(text_, {.entries = items_.size(), .next = {}});
            stage_ = Stage::ended;
        }
    }
}

bool ListingSource::read_items() {
    const std::unique_ptr<DIR, int (*)(DIR*)> stream(::fdopendir(directory_.get()), &::closedir);
    if (stream == nullptr) return false;
    const int directory = directory_.take();  // the stream's from here on
    while (const dirent* entry = ::readdir(stream.get())) {
        if (entry->d_name[0] != '.') add_item(directory, entry->d_name);
    }
    std::ranges::sort(items_, [](const Item& a, const Item& b) {
        if (a.is_directory() != b.is_directory()) return a.is_directory();
        return less_ignoring_case(a.name, b.name);
    });
    return true;
}

/// Only what a request would get: directories and regular files, links to them that stay below the root.
void ListingSource::add_item(int directory, const char* name) {
    struct stat status;
    if (::fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) != 0) return;
    if (S_ISLNK(status.st_mode)) {
        const auto target = root_.open_for_reading(path_ + name);
        if (!target || ::fstat(target->get(), &status) != 0) return;
    }
    if (!S_ISDIR(status.st_mode) && !S_ISREG(status.st_mode)) return;
    Item item{name, static_cast<std::uint64_t>(status.st_size), status.st_mtim.tv_sec};
    if (S_ISDIR(status.st_mode)) item.name.push_back('/');
    items_.push_back(std::move(item));
}

void ListingSource::append_row(const Item& item) {
    std::string_view name = item.name;
    if (item.is_directory()) name.remove_suffix(1);
    format_->row(text_, {.name = name,
                         .kind = item.is_directory() ? ListingEntry::Kind::directory : ListingEntry::Kind::file,
                         .bytes = item.is_directory() ? 0 : item.bytes,
                         .modified_seconds = item.modified,
                         .media_type = item.is_directory() ? std::string_view() : media_type_of(name)});
}

}  // namespace content
