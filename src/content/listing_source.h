// A directory as a response's body: its entries in order, written by a format while they are sent.
// Made by handlers/static_files.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <ctime>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.h"
#include "content/file_root.h"
#include "content/listing_format.h"
#include "http/body.h"

namespace content {

class ListingSource final : public http::BodySource {
public:
    /// `directory`: open, from FileRoot::open_directory. `path`: the target's decoded path, ending in '/'.
    /// Nothing is read before the first pull. `root` must outlive this.
    ListingSource(const FileRoot& root, base::Fd directory, std::string_view path,
                  std::unique_ptr<ListingFormat> format);

    Pulled pull(std::span<std::byte> into) override;

private:
    struct Item {
        std::string name;  ///< ends in '/' for a directory
        std::uint64_t bytes = 0;
        std::time_t modified = 0;
        [[nodiscard]] bool is_directory() const { return name.back() == '/'; }
    };
    enum class Stage : std::uint8_t { unread, rows, ended };

    [[nodiscard]] bool read_items();
    void add_item(int directory, const char* name);
    void append_row(const Item& item);

    const FileRoot& root_;
    base::Fd directory_;
    std::string path_;
    std::unique_ptr<ListingFormat> format_;
    Stage stage_ = Stage::unread;
    std::vector<Item> items_;
    std::size_t next_item_ = 0;
    std::string text_;  ///< made and not yet pulled, from text_begin_ on
    std::size_t text_begin_ = 0;
};

}  // namespace content
