// Several things that are looked after between turns, as the one that the loop knows. Filled by serve.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "server/upkeep.h"

namespace app {

class UpkeepList final : public server::Upkeep {
public:
    /// `clock` outlives this.
    explicit UpkeepList(const base::Clock& clock) : clock_(clock) {}

    /// `part` outlives the last turn of the loop.
    void add(server::Upkeep& part) { parts_.push_back(&part); }

    void reload() override {
        for (server::Upkeep* part : parts_) part->reload();
    }
    void begin_stopping() override {
        for (server::Upkeep* part : parts_) part->begin_stopping();
    }
    void upgrade() override {
        for (server::Upkeep* part : parts_) part->upgrade();
    }
    [[nodiscard]] std::optional<pid_t> successor() const override {
        for (const server::Upkeep* part : parts_) {
            if (const auto process = part->successor()) return process;
        }
        return std::nullopt;
    }
    void hand_over_sockets() override {
        for (server::Upkeep* part : parts_) part->hand_over_sockets();
    }
    void hand_over_writing() override {
        for (server::Upkeep* part : parts_) part->hand_over_writing();
    }
    void advance() override {
        for (server::Upkeep* part : parts_) {
            if (part->due() <= clock_.now_ms()) part->advance();
        }
    }
    [[nodiscard]] base::MonotonicMs due() const override {
        base::MonotonicMs earliest = INT64_MAX;
        for (const server::Upkeep* part : parts_) earliest = std::min(earliest, part->due());
        return earliest;
    }

private:
    const base::Clock& clock_;
    std::vector<server::Upkeep*> parts_;
};

}  // namespace app
