// Keeps a small body in memory, within a bound. Used by handlers that need the whole body before they can answer.
#pragma once

#include <cstddef>
#include <expected>
#include <span>
#include <string>
#include <utility>

#include "http/framing.h"

namespace storage {

class MemorySink {
public:
    explicit MemorySink(std::size_t limit_bytes) : limit_bytes_(limit_bytes) {}

    /// Takes all of `block`, or refuses with 413.
    std::expected<void, http::Refusal> write(std::span<const std::byte> block) {
        if (block.size() > limit_bytes_ - bytes_.size()) {
            return std::unexpected(
                http::Refusal{http::Status::content_too_large, "the body is longer than this resource takes."});
        }
        bytes_.append(reinterpret_cast<const char*>(block.data()), block.size());
        return {};
    }
    [[nodiscard]] std::size_t memory_bytes() const { return bytes_.capacity(); }
    [[nodiscard]] std::string take() { return std::move(bytes_); }

private:
    std::size_t limit_bytes_;
    std::string bytes_;
};

}  // namespace storage
