// The connections that no request uses, the longest unused first: at the limit of connections that one makes room for a
// new one. Links are kept by slot, so that joining and leaving cost a few moves. Owned by the reactor.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace server {

class IdleList {
public:
    /// The one that is unused longest.
    [[nodiscard]] std::optional<std::uint32_t> first() const {
        return links_.empty() || links_[kEnds].next == kEnds ? std::nullopt : std::optional(links_[kEnds].next - 1);
    }
    /// The one that is unused next longest after `slot`, which is in the list.
    [[nodiscard]] std::optional<std::uint32_t> after(std::uint32_t slot) const {
        const std::uint32_t next = links_[slot + 1].next;
        return next == kEnds ? std::nullopt : std::optional(next - 1);
    }
    [[nodiscard]] bool has(std::uint32_t slot) const {
        return links_.size() >= slot + 2U && links_[slot + 1].next != kNone;
    }
    /// Goes through the list.
    [[nodiscard]] std::uint64_t count() const {
        std::uint64_t count = 0;
        for (auto slot = first(); slot; slot = after(*slot)) ++count;
        return count;
    }
    /// `slot` is unused from now on. A slot that is in the list already moves to the end.
    void push(std::uint32_t slot) {
        if (links_.size() < slot + 2U) links_.resize(slot + 2U);
        Link& link = links_[slot + 1];
        if (link.next != kNone) unlink(link);
        const std::uint32_t last = links_[kEnds].previous;
        link = {last, kEnds};
        links_[last].next = slot + 1;
        links_[kEnds].previous = slot + 1;
    }
    /// Does nothing for a slot that is not in the list.
    void remove(std::uint32_t slot) {
        if (links_.size() < slot + 2U) return;
        Link& link = links_[slot + 1];
        if (link.next == kNone) return;
        unlink(link);
        link = {};
    }

private:
    /// Number 0 joins both ends; slot N has number N + 1.
    static constexpr std::uint32_t kEnds = 0;
    static constexpr std::uint32_t kNone = UINT32_MAX;
    struct Link {
        std::uint32_t previous = kNone;
        std::uint32_t next = kNone;
    };

    void unlink(const Link& link) {
        links_[link.previous].next = link.next;
        links_[link.next].previous = link.previous;
    }

    std::vector<Link> links_{Link{kEnds, kEnds}};
};

}  // namespace server
