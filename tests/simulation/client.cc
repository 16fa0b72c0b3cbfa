// Answers belong to the requests in their order.
#include "simulation/client.h"

#include <algorithm>
#include <utility>

#include "simulation/violation.h"

namespace simulation {

void SimulatedClient::connect(std::size_t room_bytes, std::int64_t now_ms) {
    wire_ = std::make_shared<Wire>();
    wire_->room_bytes = room_bytes;
    reader_ = {};
    since_ms_ = now_ms;
    has_answer_ = was_slow_ = expects_end_ = false;
}

/// A request is over when its answer was read and its body has arrived. A connection between requests lasts longer than
/// one that never asked.
bool SimulatedClient::is_slow(std::int64_t now_ms) const {
    return now_ms - since_ms_ >= (is_idle() && has_answer_ ? kShortIdleMs : kShortMs);
}

void SimulatedClient::deliver(std::size_t count, std::int64_t now_ms) {
    was_slow_ = was_slow_ || is_slow(now_ms);
    if (is_idle()) return wire_->deliver(0);
    wire_->deliver(count);
    if (is_idle()) since_ms_ = now_ms;
}

void SimulatedClient::send(SimulatedRequest request, std::int64_t now_ms) {
    was_slow_ = was_slow_ || is_slow(now_ms);
    if (is_idle()) since_ms_ = now_ms;
    wire_->on_way += std::exchange(request.bytes, {});
    request.begun_ms = now_ms;
    waiting_.push_back(std::move(request));
}

void SimulatedClient::read(std::size_t count, std::int64_t now_ms, const Take& take) {
    // A reset takes away what was not read.
    if (wire_->server_reset) wire_->unread.clear();
    const std::size_t taken = std::min(count, wire_->unread.size());
    was_slow_ = was_slow_ || is_slow(now_ms);
    reader_.take(std::string_view(wire_->unread).substr(0, taken));
    wire_->unread.erase(0, taken);
    while (!waiting_.empty()) {
        const auto answer = reader_.next(waiting_.front().kind == RequestKind::head);
        if (!answer) return;
        if (answer->is_last()) expects_end_ = true;
        const SimulatedRequest request = std::move(waiting_.front());
        waiting_.pop_front();
        has_answer_ = true;
        if (!waiting_.empty()) since_ms_ = waiting_.front().begun_ms;
        if (is_idle()) since_ms_ = now_ms;
        if (!take(request, *answer)) continue;
        for (SimulatedRequest& later : waiting_) {
            if (later.name == request.name) later.behind = *request.write;
        }
    }
    if (!reader_.rest().empty() && !expects_end_)
        throw Violation("bytes that answer no request: " + reader_.rest().substr(0, 200));
}

bool SimulatedClient::sees_end() const {
    return wire_ != nullptr && (wire_->server_reset || (wire_->server_ended && wire_->unread.empty()));
}

std::vector<SimulatedRequest> SimulatedClient::leave(bool resets) {
    if (resets || !wire_->unread.empty()) {
        wire_->reset = true;
    } else {
        wire_->closed = true;
        wire_->ends_after_way = true;
        wire_->deliver(wire_->on_way.size());
    }
    wire_ = nullptr;
    std::vector<SimulatedRequest> left(std::make_move_iterator(waiting_.begin()),
                                       std::make_move_iterator(waiting_.end()));
    waiting_.clear();
    return left;
}

bool SimulatedClient::is_cut_without_reason(std::int64_t now_ms) const {
    return !expects_end_ && !was_slow_ && !wire_->ended && !wire_->ends_after_way && !is_slow(now_ms);
}

}  // namespace simulation
