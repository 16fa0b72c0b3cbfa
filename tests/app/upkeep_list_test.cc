// Several things to look after, as one.
#include "app/upkeep_list.h"

#include "support/catch.h"
#include "support/fake_clock.h"

namespace {

struct Part final : server::Upkeep {
    explicit Part(base::MonotonicMs when_ms) : due_ms(when_ms) {}
    void reload() override { ++reloads; }
    void begin_stopping() override { ++stops; }
    void advance() override { ++advances; }
    [[nodiscard]] base::MonotonicMs due() const override { return due_ms; }

    base::MonotonicMs due_ms;
    int reloads = 0;
    int stops = 0;
    int advances = 0;
};

}  // namespace

TEST_CASE("upkeep list: only what is due has its turn, and the earliest time counts", "[app][upkeep]") {
    FakeClock clock;
    Part soon(clock.now_ms() + 10);
    Part late(clock.now_ms() + 1'000);
    app::UpkeepList list(clock);
    list.add(late);
    list.add(soon);
    CHECK(list.due() == soon.due_ms);
    clock.advance_ms(10);
    list.advance();
    CHECK(soon.advances == 1);
    CHECK(late.advances == 0);
}

TEST_CASE("upkeep list: a reload and the end reach every part", "[app][upkeep]") {
    const FakeClock clock;
    Part one(clock.now_ms());
    Part other(clock.now_ms());
    app::UpkeepList list(clock);
    list.add(one);
    list.add(other);
    list.reload();
    list.begin_stopping();
    CHECK(one.reloads == 1);
    CHECK(other.reloads == 1);
    CHECK(one.stops == 1);
    CHECK(other.stops == 1);
}

TEST_CASE("upkeep list: an empty one is never due", "[app][upkeep]") {
    const FakeClock clock;
    CHECK(app::UpkeepList(clock).due() > clock.now_ms());
}
