// A reader that stays behind the disk, with a file whose bytes come when the test says so.
#include "http/read_ahead.h"

#include <algorithm>
#include <deque>
#include <memory>
#include <utility>
#include <vector>

#include "support/catch.h"

namespace {

constexpr std::uint64_t kWindow = http::ReadAhead::kWindowBytes;
constexpr http::Wake kWake = 7;

/// A file of which nothing is in memory before arrive().
class ColdFile final : public http::BodyFile {
public:
    using Part = std::pair<std::uint64_t, std::uint64_t>;

    [[nodiscard]] int descriptor() const override { return -1; }
    [[nodiscard]] bool unchanged() const override { return true; }
    [[nodiscard]] bool at_rest() const override { return true; }
    [[nodiscard]] http::Arrival read_ahead(std::uint64_t offset, std::uint64_t length, http::Wake wake) const override {
        last_wake = wake;
        asked.emplace_back(offset, length);
        if (in_memory) return nullptr;
        coming.push_back(std::make_shared<bool>(false));
        return coming.back();
    }
    void arrive() {
        *coming.front() = true;
        coming.pop_front();
    }

    bool in_memory = false;
    mutable std::vector<Part> asked;
    mutable std::deque<std::shared_ptr<bool>> coming;
    mutable http::Wake last_wake = 0;
};

}  // namespace

TEST_CASE("read ahead: what is in memory is ready at once, and is looked at once for each window", "[http]") {
    ColdFile file;
    file.in_memory = true;
    http::ReadAhead ahead;
    const std::uint64_t length = 2 * kWindow + 5;
    std::uint64_t offset = 0;
    while (offset < length) {
        const std::uint64_t ready = ahead.ready(file, offset, length - offset, kWake);
        REQUIRE(ready > 0);
        offset += std::min<std::uint64_t>(ready, 8192);
    }
    CHECK(file.asked == std::vector<ColdFile::Part>{{0, kWindow}, {kWindow, kWindow}, {2 * kWindow, 5}});
}

TEST_CASE("read ahead: nothing is ready before it has come, and the next window is asked for meanwhile", "[http]") {
    ColdFile file;
    http::ReadAhead ahead;
    const std::uint64_t length = 3 * kWindow;
    CHECK(ahead.ready(file, 0, length, kWake) == 0);
    CHECK(ahead.ready(file, 0, length, kWake) == 0);
    CHECK(file.asked.size() == 1);  // asked once, however often the reader looks
    CHECK(file.last_wake == kWake);
    file.arrive();
    CHECK(ahead.ready(file, 0, length, kWake) == kWindow);
    CHECK(file.asked.back() == ColdFile::Part{kWindow, kWindow});
    CHECK(ahead.ready(file, 1000, length - 1000, kWake) == kWindow - 1000);
    CHECK(ahead.ready(file, kWindow, length - kWindow, kWake) == 0);
    file.arrive();
    CHECK(ahead.ready(file, kWindow, length - kWindow, kWake) == kWindow);
    CHECK(file.asked.size() == 3);
}

TEST_CASE("read ahead: a part is asked for as far as it goes and no further", "[http]") {
    ColdFile file;
    http::ReadAhead ahead;
    CHECK(ahead.ready(file, 100, 50, kWake) == 0);
    file.arrive();
    CHECK(ahead.ready(file, 100, 50, kWake) == 50);
    CHECK(ahead.ready(file, 149, 1, kWake) == 1);
    CHECK(file.asked == std::vector<ColdFile::Part>{{100, 50}});
}

TEST_CASE("read ahead: another wake asks again, because what is on its way wakes the first one", "[http]") {
    ColdFile file;
    http::ReadAhead ahead;
    CHECK(ahead.ready(file, 0, 50, kWake) == 0);
    CHECK(ahead.ready(file, 0, 50, kWake + 1) == 0);
    CHECK(file.last_wake == kWake + 1);
    CHECK(file.asked.size() == 2);
    file.arrive();
    CHECK(ahead.ready(file, 0, 50, kWake + 1) == 0);
    file.arrive();
    CHECK(ahead.ready(file, 0, 50, kWake + 1) == 50);
    CHECK(ahead.ready(file, 0, 50, kWake) == 50);
}
