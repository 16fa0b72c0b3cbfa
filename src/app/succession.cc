// The order to the starter, and what comes back.
#include "app/succession.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <limits>

#include "app/option_values.h"
#include "app/upgrade_messages.h"
#include "base/ascii.h"
#include "base/message_line.h"

namespace app {
namespace {

/// While a successor is under way the answers are looked for this often.
constexpr base::MonotonicMs kLookEveryMs = 5;
/// What a successor says about its end stands in a line of the log.
constexpr std::size_t kMostReasonBytes = 500;

}  // namespace

Succession::Succession(const Parts& parts, std::expected<base::Fd, std::string> starter)
    : parts_(parts), starter_(std::move(starter)) {}

/// Why no successor can be started now; empty: it can.
std::string Succession::find_obstacle() const {
    if (state_ != State::alone) return "another upgrade is under way";
    if (!is_begun_)
        return "the process that this one has replaced still finishes its requests: try again when it ended";
    if (!starter_) return starter_.error();
    // When it ends, the kernel ends every process of the container.
    if (::getpid() == 1) return "this is process 1 of a container: start another container in its place";
    return {};
}

void Succession::upgrade() {
    if (const std::string obstacle = find_obstacle(); !obstacle.empty()) {
        refuse(obstacle);
    } else if (!order()) {
        refuse(std::string("the process that starts it does not answer: ") + std::strerror(errno));
    } else {
        reason_.clear();
        successor_ = 0;
        has_pidfile_ = false;
        state_ = State::starting;
        look_ms_ = parts_.clock.now_ms() + kLookEveryMs;
    }
}

/// Hands the sockets and the pid file to the starter. False with errno set.
bool Succession::order() {
    std::string text(upgrade::kFiles);
    std::vector<int> files;
    const auto add = [&](int file, std::string_view word) {
        text.append(" ").append(word);
        files.push_back(file);
    };
    for (const net::Listener& listener : parts_.site) {
        const bool is_https = listener.address().scheme == net::Scheme::https;
        const std::string_view of_manager = is_https ? upgrade::kHttpsSocket : upgrade::kHttpSocket;
        add(listener.descriptor(), parts_.is_site_of_manager ? of_manager : upgrade::kOwnSocket);
    }
    for (const net::Listener& listener : parts_.admin) {
        add(listener.descriptor(), parts_.is_admin_of_manager ? upgrade::kAdminSocket : upgrade::kOwnSocket);
    }
    if (parts_.pidfile != nullptr) add(parts_.pidfile->descriptor(), upgrade::kPidfile);
    return base::send_message(starter_->get(), text, files);
}

void Succession::advance() {
    look_ms_ = parts_.clock.now_ms() + kLookEveryMs;
    std::array<char, upgrade::kMostMessageBytes> room{};
    std::vector<base::Fd> none;
    while (state_ == State::starting) {
        const ssize_t length = base::receive_message(starter_->get(), room, none);
        if (length < 0 && errno == EAGAIN) return;
        if (length <= 0) {
            starter_ = std::unexpected(std::string("the process that starts it has died: a restart brings it back"));
            fail(starter_.error());
            return;
        }
        take(std::string_view(room.data(), static_cast<std::size_t>(length)));
    }
}

void Succession::take(std::string_view message) {
    if (message.starts_with(upgrade::kStarted)) {
        const auto number = base::parse_decimal(message.substr(upgrade::kStarted.size()));
        successor_ = number && *number <= INT_MAX ? static_cast<pid_t>(*number) : 0;
    } else if (message.starts_with(upgrade::kFailed)) {
        reason_ = printable(message.substr(upgrade::kFailed.size()), kMostReasonBytes);
    } else if (message.starts_with(upgrade::kEnded)) {
        std::string why = "the new process ended " + printable(message.substr(upgrade::kEnded.size()));
        if (!reason_.empty()) why += ": " + reason_;
        fail(why);
    } else if (message == upgrade::kTookPidfile) {
        has_pidfile_ = true;
    } else if (message == upgrade::kReady && successor_ > 0) {
        state_ = State::ready;
    }
}

/// The successor that was under way is not.
void Succession::fail(const std::string& why) {
    state_ = State::alone;
    refuse(why);
}

void Succession::refuse(const std::string& why) {
    ++failed_;
    parts_.log.append(parts_.clock, "error", nullptr, "no upgrade, this process goes on: " + why);
    // Whoever ordered it looks there for an answer.
    if (parts_.pidfile != nullptr) parts_.pidfile->touch();
}

base::MonotonicMs Succession::due() const {
    return state_ == State::starting ? look_ms_ : std::numeric_limits<base::MonotonicMs>::max();
}

void Succession::say(std::string_view message) const {
    if (starter_) (void)base::send_message(starter_->get(), message);
}

void Succession::hand_over_sockets() {
    parts_.log.append(
        parts_.clock, "notice", nullptr,
        "upgrade: process " + std::to_string(successor_) + " takes over; this one finishes the requests in flight");
    // This process may end before the other one has written its number there.
    if (has_pidfile_ && parts_.pidfile != nullptr) parts_.pidfile->leave();
    say(upgrade::kAccept);
}

void Succession::hand_over_writing() { say(upgrade::kWrite); }

base::Counters::Registration Succession::register_counters(base::Counters& counters) const {
    return counters.add({base::counter("upgrades_failed", base::CounterKind::total,
                                       "upgrades that were ordered and did not replace the process", failed_)});
}

}  // namespace app
