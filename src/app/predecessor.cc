// Messages in both directions; files along with the first one.
#include "app/predecessor.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <span>
#include <utility>

#include "app/environment.h"
#include "app/option_values.h"
#include "app/upgrade_messages.h"
#include "base/ascii.h"
#include "base/message_line.h"

namespace app {
namespace {

/// The other side answers in milliseconds, or does not live any more.
constexpr int kAnswerWithinMs = 10'000;

/// The next message; empty when there is none within `wait_ms`, nullopt when nobody has the other end any more.
std::optional<std::string> receive(int line, int wait_ms, std::vector<base::Fd>& files) {
    pollfd one{line, POLLIN, 0};
    const int count = ::poll(&one, 1, wait_ms);
    if (count <= 0) return std::string();
    std::array<char, upgrade::kMostMessageBytes> room{};
    const ssize_t length = base::receive_message(line, room, files);
    // Only the end of the line says that the other side is gone: a fault in between may pass.
    if (length < 0) return std::string();
    if (length == 0) return std::nullopt;
    return std::string(room.data(), static_cast<std::size_t>(length));
}

/// Cuts the first of the words that blanks separate off `text`.
std::string_view take_word(std::string_view& text) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(word.size() < text.size() ? word.size() + 1 : word.size());
    return word;
}

/// The address that a listening socket has; nullopt where it is none.
std::optional<net::Address> address_of(const base::Fd& socket) {
    sockaddr_storage storage{};
    socklen_t length = sizeof storage;
    if (::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&storage), &length) != 0) return std::nullopt;
    if (storage.ss_family != AF_INET && storage.ss_family != AF_INET6 && storage.ss_family != AF_UNIX) return {};
    return net::Address::from_socket(storage, length);
}

}  // namespace

std::expected<std::optional<Predecessor>, std::string> Predecessor::find() {
    const auto variable = take_variable(upgrade::kVariable);
    if (!variable) return std::nullopt;
    const auto number = base::parse_decimal(*variable);
    struct sockaddr_storage peer{};
    socklen_t length = sizeof peer;
    const bool is_socket = number && *number >= 3 && *number <= 1'024 &&
                           ::getpeername(static_cast<int>(*number), reinterpret_cast<sockaddr*>(&peer), &length) == 0;
    if (!is_socket) {
        return std::unexpected(std::string(upgrade::kVariable) +
                               " is for a server that starts its own successor: remove it from the environment");
    }
    Predecessor predecessor{base::Fd(static_cast<int>(*number))};
    ::fcntl(predecessor.line_.get(), F_SETFD, FD_CLOEXEC);
    if (auto taken = predecessor.take_files(); !taken) return std::unexpected(taken.error());
    return predecessor;
}

std::expected<void, std::string> Predecessor::take_files() {
    std::vector<base::Fd> files;
    const auto text = receive(line_.get(), kAnswerWithinMs, files);
    std::string_view words = text ? std::string_view(*text) : std::string_view();
    const auto wrong = std::unexpected(std::string("the server that is replaced has not handed over its sockets"));
    if (take_word(words) != upgrade::kFiles) return wrong;
    for (base::Fd& file : files) {
        const std::string_view word = take_word(words);
        if (word == upgrade::kPidfile) {
            pidfile_ = std::move(file);
        } else if (word == upgrade::kOwnSocket || word == upgrade::kHttpSocket || word == upgrade::kHttpsSocket ||
                   word == upgrade::kAdminSocket) {
            sockets_.push_back({std::string(word), std::move(file)});
        } else {
            return wrong;
        }
    }
    if (!words.empty()) return wrong;
    return {};
}

std::expected<HandedSockets, std::string> Predecessor::take_handed() {
    HandedSockets handed;
    for (auto& [word, file] : sockets_) {
        if (word == upgrade::kOwnSocket) continue;
        const auto scheme = word == upgrade::kHttpsSocket ? net::Scheme::https : net::Scheme::http;
        auto listener = net::Listener::adopt(std::move(file), scheme);
        if (!listener) return std::unexpected("a socket of the server that is replaced " + listener.error());
        // The other process may be in somebody's hands: a word of it does not open the counters to others.
        if (word == upgrade::kAdminSocket && !listener->address().is_of_this_machine()) {
            return std::unexpected("the admin socket of the server that is replaced, " + listener->address().to_text() +
                                   ", can be reached by others: it has to be one of this machine alone");
        }
        (word == upgrade::kAdminSocket ? handed.admin : handed.site).push_back(std::move(*listener));
    }
    return handed;
}

base::Fd Predecessor::take_own(const net::Address& address) {
    for (auto& [word, file] : sockets_) {
        if (word != upgrade::kOwnSocket || !file) continue;
        auto found = address_of(file);
        if (!found) continue;
        if (address.family != net::Family::local && address.port() == 0) found->port_number = 0;
        if (found->is_same_place(address)) return std::move(file);
    }
    return {};
}

std::expected<void, std::string> Predecessor::await_sockets(OfPidfile pidfile) {
    std::vector<base::Fd> none;
    bool is_told = pidfile == OfPidfile::not_used || base::send_message(line_.get(), upgrade::kTookPidfile);
    is_told = is_told && base::send_message(line_.get(), upgrade::kReady);
    const auto answer = is_told ? receive(line_.get(), kAnswerWithinMs, none) : std::nullopt;
    if (answer == upgrade::kAccept) {
        sockets_.clear();  // what no option names any more
        return {};
    }
    return std::unexpected(std::string("the server that was to be replaced does not leave its place"));
}

bool Predecessor::has_ended_writing() {
    if (!line_) return true;
    std::vector<base::Fd> none;
    const auto message = receive(line_.get(), 0, none);
    if (message && *message != upgrade::kWrite) return false;
    line_.reset();
    return true;
}

void Predecessor::tell_failure(std::string_view sentence) const {
    const std::string text = std::string(upgrade::kFailed).append(sentence);
    if (line_)
        (void)base::send_message(line_.get(), std::span(text).first(std::min(text.size(), upgrade::kMostMessageBytes)));
}

}  // namespace app
