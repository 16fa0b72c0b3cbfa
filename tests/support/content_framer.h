// A framer that keeps the content and can be told how much room there is.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <string>

#include "server/framer.h"
#include "support/catch.h"

namespace support {

class ContentFramer final : public server::Framer {
public:
    static constexpr std::size_t kUnlimited = std::numeric_limits<std::size_t>::max();

    void begin(const http::Response&, const http::Request&) override { ++heads; }
    [[nodiscard]] std::uint64_t room() const override { return window; }
    [[nodiscard]] bool all_sent() const override { return sent; }
    [[nodiscard]] std::size_t copy(std::span<const std::byte> bytes, server::Rest rest) override {
        ++copies;
        return take(bytes, rest);
    }
    [[nodiscard]] std::size_t share(const std::shared_ptr<const void>& owner, std::span<const std::byte> bytes,
                                    server::Rest rest) override {
        CHECK(owner != nullptr);
        ++shares;
        return take(bytes, rest);
    }
    [[nodiscard]] std::uint64_t send_file(const http::FileSlice& part) override {
        ++file_parts;
        std::string bytes(static_cast<std::size_t>(std::min<std::uint64_t>(part.length, window)), '\0');
        REQUIRE(::pread(part.file->descriptor(), bytes.data(), bytes.size(), static_cast<off_t>(part.offset)) ==
                static_cast<ssize_t>(bytes.size()));
        return take(std::as_bytes(std::span(bytes)), server::Rest::more);
    }
    [[nodiscard]] std::span<std::byte> reserve(std::size_t least) override {
        REQUIRE(window > 0);
        return std::span(memory_).first(least);
    }
    void commit(std::size_t bytes, server::Rest rest) override {
        window = std::max(window, bytes);  // what was reserved may be committed
        CHECK(take(std::span(memory_).first(bytes), rest) == bytes);
    }

    std::string content;
    bool ended = false;
    std::size_t window = kUnlimited;
    bool sent = true;
    int heads = 0;
    int copies = 0;
    int shares = 0;
    int file_parts = 0;

private:
    std::size_t take(std::span<const std::byte> bytes, server::Rest rest) {
        CHECK_FALSE(ended);
        const std::size_t count = std::min(bytes.size(), window);
        content.append(reinterpret_cast<const char*>(bytes.data()), count);
        if (window != kUnlimited) window -= count;
        ended = count == bytes.size() && rest == server::Rest::nothing;
        return count;
    }

    std::array<std::byte, server::kMostReservedBytes> memory_{};
};

}  // namespace support
