// A file whose state is the test's to say: whether it rests, stays the same, and is in memory.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <deque>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "base/fd.h"
#include "http/body.h"
#include "support/catch.h"

namespace support {

/// A file of `bytes` that is deleted at once.
class ScriptedFile final : public http::BodyFile {
public:
    explicit ScriptedFile(std::string_view bytes) : file_(::open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600)) {
        REQUIRE(::write(file_.get(), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
    }
    [[nodiscard]] int descriptor() const override { return file_.get(); }
    [[nodiscard]] bool unchanged() const override { return same; }
    [[nodiscard]] bool at_rest() const override { return rests; }
    [[nodiscard]] http::Arrival read_ahead(std::uint64_t offset, std::uint64_t length, http::Wake wake) const override {
        if (in_memory) return nullptr;
        asked.emplace_back(offset, length);
        last_wake = wake;
        coming.push_back(std::make_shared<bool>(false));
        return coming.back();
    }
    /// What was asked for first, and has not come yet, is in memory.
    void arrive() {
        REQUIRE_FALSE(coming.empty());
        *coming.front() = true;
        coming.pop_front();
    }

    bool same = true;
    bool rests = true;
    bool in_memory = true;
    mutable std::vector<std::pair<std::uint64_t, std::uint64_t>> asked;  ///< of read_ahead(): offsets and lengths
    mutable std::deque<std::shared_ptr<bool>> coming;
    mutable http::Wake last_wake = 0;

private:
    base::Fd file_;
};

}  // namespace support
