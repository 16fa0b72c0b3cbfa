// The next question is sent when the one before has its answer, so the question of a client that has left meanwhile
// costs no check.
#include "access_control/verifier_client.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <span>
#include <utility>
#include <vector>

#include "base/message_line.h"

namespace access_control {
namespace {

constexpr std::string_view kForGood =
    ": until godwit is started again, nobody can sign in, and certificates that --user may not read are not taken";

/// One message, with the file that comes along with it, if any.
ssize_t receive(int socket, std::span<char> buffer, base::Fd& file) {
    std::vector<base::Fd> files;
    const ssize_t length = base::receive_message(socket, buffer, files);
    if (!files.empty()) file = std::move(files.front());
    return length;
}

}  // namespace

VerifierClient::VerifierClient(VerifierLines lines, base::WakeQueue& wakes, const base::Clock& clock, Events events)
    : socket_(std::move(lines.verifier)),
      nursery_(std::move(lines.nursery)),
      wakes_(wakes),
      clock_(clock),
      events_(std::move(events)) {}

std::optional<Verifier::Ticket> VerifierClient::ask(const Credentials& credentials, base::Wake wake) {
    // The question whether a user exists costs no hash either.
    const bool is_badge =
        credentials.scheme == Credentials::Scheme::badge || credentials.scheme == Credentials::Scheme::name_alone;
    if (!socket_ || is_stuck_ || !has_room(is_badge)) return std::nullopt;
    const Ticket ticket = ++last_ticket_;
    waiting_.emplace(ticket, Asked{wake, is_badge, std::nullopt});
    if (is_badge) ++badges_waiting_;
    (is_badge ? badges_ : queue_).push_back({ticket, credentials});
    send_next();
    return ticket;
}

bool VerifierClient::has_room(bool for_badge) const {
    if (for_badge) return badges_waiting_ < kMostBadgesWaiting;
    return waiting_.size() - badges_waiting_ < kMostWaiting;
}

std::optional<Verdict> VerifierClient::take(Ticket ticket) {
    const auto found = waiting_.find(ticket);
    if (found == waiting_.end()) return Verdict{};
    if (!found->second.verdict) return std::nullopt;
    Verdict verdict = std::move(*found->second.verdict);
    static_cast<void>(forget(ticket));
    return verdict;
}

Verifier::Forgotten VerifierClient::forget(Ticket ticket) {
    const auto found = waiting_.find(ticket);
    if (found == waiting_.end()) return Forgotten::unasked;
    const bool is_badge = found->second.is_badge;
    const bool is_checked = ticket == current_ || found->second.verdict.has_value();
    if (is_badge) --badges_waiting_;
    waiting_.erase(found);
    std::erase_if(is_badge ? badges_ : queue_, [ticket](const Question& each) { return each.ticket == ticket; });
    return is_checked ? Forgotten::checked : Forgotten::unasked;
}

std::optional<base::MonotonicMs> VerifierClient::due() const {
    if (current_ == 0 || is_stuck_) return std::nullopt;
    return current_until_ms_;
}

void VerifierClient::send_next() {
    std::deque<Question>& queue = next_queue();
    if (current_ != 0 || queue.empty() || !socket_) return;
    const std::string text = encode(ToVerifier(queue.front()));
    if (::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL) < 0) {
        give_up("the processes that keep secrets take no questions");
        return;
    }
    current_ = queue.front().ticket;
    current_until_ms_ = clock_.now_ms() + kPatienceMs;
    queue.pop_front();
}

void VerifierClient::look_again() {
    if (!socket_) return;
    const std::string text = encode(ToVerifier(LookAgain{}));
    (void)::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL);
}

void VerifierClient::collect() {
    if (!socket_) take_over();
    std::vector<char> buffer(kMostMessageBytes);
    while (socket_) {
        base::Fd file;
        const ssize_t length = receive(socket_.get(), buffer, file);
        if (length < 0 && errno == EINTR) continue;
        if (length < 0 && errno == EAGAIN) break;
        if (length <= 0) {
            give_up("both processes that keep secrets are gone");
            return;
        }
        const auto message = decode_from_verifier(std::string_view(buffer.data(), static_cast<std::size_t>(length)));
        if (message) take_message(*message, std::move(file));
    }
    if (current_ != 0 && !is_stuck_ && clock_.now_ms() >= current_until_ms_) {
        is_stuck_ = true;
        events_.say("error", "the process that checks passwords does not answer");
        settle(current_, {});
        while (!next_queue().empty()) {
            settle(next_queue().front().ticket, {});
            next_queue().pop_front();
        }
    }
    send_next();
}

void VerifierClient::take_message(const FromVerifier& message, base::Fd file) {
    if (const auto* const answer = std::get_if<Answer>(&message)) {
        settle(answer->ticket, answer->verdict);
        if (answer->ticket != current_) return;
        current_ = 0;
        is_stuck_ = false;
        send_next();
    } else if (std::holds_alternative<UsersReplaced>(message)) {
        events_.users_replaced();
    } else if (const auto* const fault = std::get_if<UsersFaulty>(&message)) {
        events_.say("error", fault->sentence + "; the users of before stay");
    } else if (const auto* const opened = std::get_if<FileOpened>(&message)) {
        // A message without its file comes when this process has no number left for it.
        const int error = opened->error == 0 && !file ? EMFILE : opened->error;
        if (error == 0) {
            events_.file_opened(opened->number, std::move(file));
        } else {
            events_.file_opened(opened->number, std::unexpected(error));
        }
    } else if (std::holds_alternative<Looked>(message)) {
        events_.looked();
    } else if (std::holds_alternative<KeeperReplaced>(message)) {
        ++restarts_;
        events_.say("error", "the process that looks after the one that checks passwords died, and is replaced");
    } else {
        ++restarts_;
        events_.say("error", "the process that checks passwords died and is started again");
        settle(current_, {});
        current_ = 0;
        is_stuck_ = false;
    }
}

void VerifierClient::settle(Ticket ticket, Verdict verdict) {
    const auto found = waiting_.find(ticket);
    if (found == waiting_.end() || found->second.verdict) return;
    found->second.verdict = std::move(verdict);
    wakes_.wake(found->second.wake);
}

void VerifierClient::take_over() {
    if (!nursery_) return;
    std::array<char, 64> buffer{};
    base::Fd socket;
    const ssize_t length = receive(nursery_.get(), buffer, socket);
    if (length < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (length <= 0 || !socket) {
        nursery_.reset();
        events_.say("error", std::string("no other processes that keep secrets are started").append(kForGood));
        return;
    }
    socket_ = std::move(socket);
    is_stuck_ = false;
    ++restarts_;
}

void VerifierClient::give_up(const std::string& what) {
    socket_.reset();
    constexpr char kOrder = 'n';
    const bool is_ordered = nursery_ && ::send(nursery_.get(), &kOrder, 1, MSG_NOSIGNAL) == 1;
    if (!is_ordered) nursery_.reset();
    events_.say("error", std::string(what).append(is_ordered ? ", and others are started" : kForGood));
    badges_.clear();
    queue_.clear();
    current_ = 0;
    for (auto& [ticket, asked] : waiting_) {
        if (asked.verdict) continue;
        asked.verdict = Verdict{};
        wakes_.wake(asked.wake);
    }
}

}  // namespace access_control
