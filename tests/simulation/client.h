// A simulated client: one connection at a time, requests on it one behind the other, answers as they come. It never
// acts by itself: each of its moves is a step of the world.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "simulation/answer_reader.h"
#include "simulation/requests.h"
#include "simulation/wire.h"

namespace simulation {

class SimulatedClient {
public:
    explicit SimulatedClient(std::uint32_t number) : number_(number) {}

    [[nodiscard]] std::uint32_t number() const { return number_; }
    /// Null while it is not connected.
    [[nodiscard]] const std::shared_ptr<Wire>& wire() const { return wire_; }
    [[nodiscard]] const std::deque<SimulatedRequest>& waiting() const { return waiting_; }

    void connect(std::size_t room_bytes, std::int64_t now_ms);
    /// Puts the request on its way, behind those that wait.
    void send(SimulatedRequest request, std::int64_t now_ms);
    /// Up to `count` bytes that are on their way arrive.
    void deliver(std::size_t count, std::int64_t now_ms);
    /// No request follows on this connection: the client shuts its side behind the last one.
    void end() { wire_->ends_after_way = true; }
    /// Reads up to `count` bytes, and gives each whole answer to `take`, which says whether a write succeeded.
    using Take = std::function<bool(const SimulatedRequest&, const ReceivedAnswer&)>;
    void read(std::size_t count, std::int64_t now_ms, const Take& take);
    /// True when the server has ended the connection and everything that can be read was read.
    [[nodiscard]] bool sees_end() const;
    /// Leaves the connection, with a reset where `resets`. What was not answered never will be.
    [[nodiscard]] std::vector<SimulatedRequest> leave(bool resets);
    /// Nothing of the client explains that the server ended the connection: it was faster than every bound of time, and
    /// was not told that the last answer was the last.
    [[nodiscard]] bool is_cut_without_reason(std::int64_t now_ms) const;
    /// The server may end the connection: it was made to.
    void expect_end() { expects_end_ = true; }

private:
    [[nodiscard]] bool is_idle() const { return waiting_.empty() && wire_->on_way.empty(); }
    [[nodiscard]] bool is_slow(std::int64_t now_ms) const;

    std::uint32_t number_;
    std::shared_ptr<Wire> wire_;
    AnswerReader reader_;
    std::deque<SimulatedRequest> waiting_;
    std::int64_t since_ms_ = 0;  ///< when the oldest request that is not over began, or the last one was over
    bool has_answer_ = false;
    bool was_slow_ = false;  ///< the server may have given the connection up
    bool expects_end_ = false;
};

}  // namespace simulation
