// Exchanges not in use, last in first out, so that an idle connection has none and a busy one allocates none.
// One for each kind of connection; owned by the reactor.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace server {

/// `Kind`: server::Exchange with what a wire format adds to it.
template <class Kind>
class ExchangePool {
public:
    /// Keeps at most `keep` unused ones.
    explicit ExchangePool(std::size_t keep) : keep_(keep) {}

    /// As constructed, or reset.
    [[nodiscard]] std::unique_ptr<Kind> take() {
        if (unused_.empty()) return std::make_unique<Kind>();
        std::unique_ptr<Kind> exchange = std::move(unused_.back());
        unused_.pop_back();
        return exchange;
    }
    void give_back(std::unique_ptr<Kind> exchange) {
        exchange->reset();
        if (unused_.size() < keep_) unused_.push_back(std::move(exchange));
    }

private:
    std::size_t keep_;
    std::vector<std::unique_ptr<Kind>> unused_;
};

}  // namespace server
