// The file is read here only to say what is wrong with it; the process reads it for itself.
#include "app/signing_in.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "access_control/users_source.h"
#include "access_control/verifier_process.h"
#include "app/option_values.h"
#include "app/process.h"

namespace app {

std::expected<void, std::string> check_users(Options& options) {
    if (options.users_file.empty()) return {};
    std::error_code error;
    const auto absolute = std::filesystem::absolute(options.users_file, error);
    if (!error) options.users_file = absolute.string();
    if (auto users = access_control::read_users(options.users_file); !users) {
        return std::unexpected(printable(users.error(), kWholeText));
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
    return std::unique_ptr<SigningIn>(new SigningIn(std::move(*socket), wakes, clock, options));
}

SigningIn::SigningIn(base::Fd socket, base::WakeQueue& wakes, const base::Clock& clock, const Options& options)
    : wakes_(wakes),
      clock_(clock),
      verifier_(std::move(socket), wakes, clock,
                {.users_replaced = [this] { users_replaced(); },
                 .say = [this](std::string_view level, const std::string& sentence) { say(level, sentence); }}),
      sign_in_(verifier_, clock, {.keep_ms = options.auth_cache_ms, .badge_s = options.session_hours * 3'600}) {
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
