// Waits, in a process that took another one's place, until that one changes nothing on the disk any more. Made by
// serve; the loop calls it as its upkeep (docs/decisions/0049-a-server-starts-its-successor.md).
#pragma once

#include <limits>

#include "app/predecessor.h"
#include "app/succession.h"
#include "base/clock.h"
#include "server/upkeep.h"
#include "site/site.h"

namespace app {

class WriteInheritance final : public server::Upkeep {
public:
    /// All outlives this. `predecessor` is null where there is none.
    WriteInheritance(Predecessor* predecessor, site::Site& site, Succession& succession, const base::Clock& clock)
        : predecessor_(predecessor), site_(site), succession_(succession), clock_(clock) {
        succession_.set_begun(predecessor_ == nullptr);
    }

    void reload() override {}
    void advance() override {
        look_ms_ = clock_.now_ms() + kLookEveryMs;
        if (predecessor_ == nullptr || !predecessor_->has_ended_writing()) return;
        predecessor_ = nullptr;
        site_.begin_writing();
        succession_.set_begun(true);
    }
    [[nodiscard]] base::MonotonicMs due() const override {
        return predecessor_ == nullptr ? std::numeric_limits<base::MonotonicMs>::max() : look_ms_;
    }

private:
    /// Writers wait meanwhile.
    static constexpr base::MonotonicMs kLookEveryMs = 5;

    Predecessor* predecessor_;
    site::Site& site_;
    Succession& succession_;
    const base::Clock& clock_;
    base::MonotonicMs look_ms_ = 0;
};

}  // namespace app
