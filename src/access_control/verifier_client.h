// The server's side of the verifier process, which keeps secrets: takes the files that it opens, sends one question at
// a time, keeps others in two bounded queues, and wakes what waits for an answer. Questions about badges, which cost no
// hash, go before those about passwords. When nobody answers, all are told so: it fails closed, until other processes
// take over. Owned by app/signing_in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>

#include "access_control/verifier.h"
#include "access_control/verifier_messages.h"
#include "base/clock.h"
#include "base/fd.h"

namespace access_control {

class VerifierClient final : public Verifier {
public:
    /// Passwords and tokens: about a second of work with yescrypt.
    static constexpr std::size_t kMostWaiting = 64;
    /// Badges: a moment of work.
    static constexpr std::size_t kMostBadgesWaiting = 512;
    /// The most expensive hash that is accepted takes about a second; a process that is silent for so long is stuck.
    static constexpr base::MonotonicMs kPatienceMs = 10'000;

    /// What the process says besides answers.
    struct Events {
        std::function<void()> users_replaced;
        /// A file that is handed over, by its number, or the errno of opening it.
        std::function<void(std::size_t number, std::expected<base::Fd, int> file)> file_opened;
        /// What look_again() asked for is done.
        std::function<void()> looked;
        /// A sentence for the operator.
        std::function<void(std::string_view level, const std::string& sentence)> say;
    };

    /// `lines`: of start_verifier(), or a test's. Clock and wakes outlive this. Wakes are given in collect().
    VerifierClient(VerifierLines lines, base::WakeQueue& wakes, const base::Clock& clock, Events events);

    std::optional<Ticket> ask(const Credentials& credentials, base::Wake wake) override;
    std::optional<Verdict> take(Ticket ticket) override;
    Forgotten forget(Ticket ticket) override;

    /// Reads what the process said. Called when the wake queue's descriptor rang, and at due().
    void collect();
    /// The process looks at its files now.
    void look_again();
    /// When collect() wants to be called although nothing rang; nullopt: not at all.
    [[nodiscard]] std::optional<base::MonotonicMs> due() const;

    [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }
    [[nodiscard]] const std::uint64_t& restarts() const { return restarts_; }

private:
    struct Asked {
        base::Wake wake = 0;
        bool is_badge = false;
        std::optional<Verdict> verdict;
    };

    /// Whether one more question may wait. Badges and passwords have room apart, so that passwords take none from
    /// badges.
    [[nodiscard]] bool has_room(bool for_badge) const;
    [[nodiscard]] std::deque<Question>& next_queue() { return badges_.empty() ? queue_ : badges_; }
    void send_next();
    void take_message(const FromVerifier& message, base::Fd file);
    void settle(Ticket ticket, Verdict verdict);
    void give_up(const std::string& what);
    /// Takes the socket of the new processes, once it is there.
    void take_over();

    base::Fd socket_;   ///< none while there is no process
    base::Fd nursery_;  ///< none once nobody starts other processes
    base::WakeQueue& wakes_;
    const base::Clock& clock_;
    Events events_;
    std::deque<Question> badges_;     ///< not sent yet, and sent before the others
    std::deque<Question> queue_;      ///< the others
    std::size_t badges_waiting_ = 0;  ///< of waiting_
    Ticket current_ = 0;              ///< what was sent and has no answer yet
    base::MonotonicMs current_until_ms_ = 0;
    bool is_stuck_ = false;  ///< the current question was given up, and its answer did not come either
    std::unordered_map<Ticket, Asked> waiting_;
    Ticket last_ticket_ = 0;
    std::uint64_t restarts_ = 0;
};

}  // namespace access_control
