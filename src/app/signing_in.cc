// The file is read here only to say what is wrong with it; the process reads it for itself.
#include "app/signing_in.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "access_control/users_source.h"
#include "access_control/verifier_process.h"
#include "app/option_values.h"
#include "app/process.h"

namespace app {
namespace {

/// The first address where a password could be read on its way; empty when there is none.
std::string find_exposed_address(const Options& options) {
    // Over what is led to https no credentials are looked at, and a proxy may speak https to the clients.
    const bool is_allowed =
        options.insecure_auth || options.site.redirect_https || !options.server.trusted_proxies.empty();
    if (is_allowed) return {};
    for (const net::Address& address : options.server.addresses) {
        const bool is_plain = address.scheme == net::Scheme::http && address.family != net::Family::local;
        if (is_plain && !address.is_loopback()) return address.url();
    }
    return {};
}

}  // namespace

std::expected<void, std::string> check_users(Options& options) {
    if (options.users_file.empty()) return {};
    if (auto exposure = check_exposure(options); !exposure) return exposure;
    std::error_code error;
    const auto absolute = std::filesystem::absolute(options.users_file, error);
    if (!error) options.users_file = absolute.string();
    if (auto users = access_control::read_users(options.users_file); !users) {
        return std::unexpected(printable(users.error(), kWholeText));
    }
    return {};
}

std::expected<void, std::string> check_exposure(const Options& options) {
    if (options.users_file.empty()) return {};
    if (const std::string exposed = find_exposed_address(options); !exposed.empty()) {
        return std::unexpected("--users: passwords and tokens sent to " + exposed +
                               " could be read on their way; use --bind https://ADDRESS:PORT, or a proxy that speaks "
                               "https and --trusted-proxy RANGE; --insecure-auth allows it all the same");
    }
    return {};
}

std::expected<std::unique_ptr<SigningIn>, std::string> SigningIn::start(const Options& options, base::WakeQueue& wakes,
                                                                        const base::Clock& clock) {
    if (options.users_file.empty()) return nullptr;
    // Where a filter of system calls is in force, asking for less might end the process.
    const bool is_confined = options.sandbox != SandboxMode::off && !are_calls_filtered();
    auto socket = access_control::start_verifier(
        options.users_file, wakes.descriptor(),
        is_confined ? access_control::VerifierReach::users_file : access_control::VerifierReach::whole);
    if (!socket) return std::unexpected(std::move(socket.error()));
    return std::unique_ptr<SigningIn>(new SigningIn(std::move(*socket), wakes, clock, options.auth_cache_ms));
}

SigningIn::SigningIn(base::Fd socket, base::WakeQueue& wakes, const base::Clock& clock, base::MonotonicMs cache_ms)
    : wakes_(wakes),
      clock_(clock),
      verifier_(std::move(socket), wakes, clock,
                {.users_replaced = [this] { users_replaced(); },
                 .say = [this](std::string_view level, const std::string& sentence) { say(level, sentence); }}),
      sign_in_(verifier_, clock, cache_ms) {
    wakes_.collect_with([this] { verifier_.collect(); });
}

void SigningIn::users_replaced() {
    sign_in_.forget_all();
    if (std::exchange(has_users_, true)) say("notice", "the users file was read again");
}

void SigningIn::say(std::string_view level, const std::string& sentence) {
    if (log_ != nullptr) log_->append(clock_, level, nullptr, sentence);
}

base::Counters::Registration SigningIn::register_counters(base::Counters& counters) {
    tries_shown_ = sign_in_.register_counters(counters);
    using enum base::CounterKind;
    return counters.add({
        {"sign_ins_waiting", gauge, "credentials that wait for their check", [this] { return verifier_.waiting(); }},
        base::counter("verifier_restarts", total, "times that a process for checking passwords died",
                      verifier_.restarts()),
    });
}

}  // namespace app
