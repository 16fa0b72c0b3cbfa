// The text that a source of a body has made and that was not pulled yet: made entry by entry, pulled in blocks of any
// size. Owned by the sources of listings, searches, archives and multistatus answers.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>
#include <string>
#include <utility>

namespace http {

class MadeText {
public:
    explicit MadeText(std::string text = {}) : text_(std::move(text)) {}

    /// What is made is appended here, while this is empty().
    [[nodiscard]] std::string& out() { return text_; }
    [[nodiscard]] bool empty() const { return text_.empty(); }

    /// Moves as much as there is room for into `into`, and returns how many bytes these are.
    std::size_t take(std::span<std::byte> into) {
        const std::size_t count = std::min(text_.size() - begin_, into.size());
        if (count > 0) std::memcpy(into.data(), text_.data() + begin_, count);
        begin_ += count;
        if (begin_ == text_.size()) {
            text_.clear();
            begin_ = 0;
        }
        return count;
    }

private:
    std::string text_;  ///< from begin_ on; its memory is used again
    std::size_t begin_ = 0;
};

}  // namespace http
