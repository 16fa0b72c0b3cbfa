// The users file is read here only to say what is wrong with it; the process reads it for itself.
#include "app/signing_in.h"

#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "access_control/users_source.h"
#include "access_control/verifier_process.h"
#include "app/option_values.h"
#include "app/process.h"

namespace app {
namespace {

/// What this process may not open any more once it is another user.
std::vector<std::string> handed_files(const Options& options) {
    return options.user.empty() ? std::vector<std::string>() : options.tls_files();
}

/// The process leaves the working directory.
std::vector<std::string> absolute(std::vector<std::string> paths) {
    for (std::string& path : paths) {
        std::error_code error;
        const auto whole = std::filesystem::absolute(path, error);
        if (!error) path = whole.string();
    }
    return paths;
}

}  // namespace

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
    std::vector<std::string> handed = handed_files(options);
    if (options.users_file.empty() && handed.empty()) return nullptr;
    // Where a filter of system calls is in force, asking for less might end the process.
    const bool is_confined = options.sandbox != SandboxMode::off && !are_calls_filtered();
    auto lines = access_control::start_verifier(
        {.users = options.users_file, .handed = absolute(std::move(handed))}, wakes.descriptor(),
        is_confined ? access_control::VerifierReach::own_files : access_control::VerifierReach::whole);
    if (!lines) return std::unexpected(std::move(lines.error()));
    return std::unique_ptr<SigningIn>(new SigningIn(std::move(*lines), wakes, clock, options));
}

SigningIn::SigningIn(access_control::VerifierLines lines, base::WakeQueue& wakes, const base::Clock& clock,
                     const Options& options)
    : wakes_(wakes),
      clock_(clock),
      has_accounts_(!options.users_file.empty()),
      files_(handed_files(options)),
      verifier_(std::move(lines), wakes, clock, events()),
      sign_in_(verifier_, clock, {.keep_ms = options.auth_cache_ms, .badge_s = options.session_hours * 3'600}) {
    wakes_.collect_with([this] { verifier_.collect(); });
}

access_control::VerifierClient::Events SigningIn::events() {
    return {.users_replaced = [this] { users_replaced(); },
            .file_opened =
                [this](std::size_t number, std::expected<base::Fd, int> file) {
                    files_.take(number, std::move(file));
                    news_(Look::changed);
                },
            .looked = [this] { news_(Look::all); },
            .say = [this](std::string_view level, const std::string& sentence) { say(level, sentence); }};
}

HandedFiles* SigningIn::hand_files_over(std::function<void(Look)> news) {
    if (files_.paths().empty()) return nullptr;
    news_ = std::move(news);
    return &files_;
}

void SigningIn::users_replaced() {
    sign_in_.forget_all();
    if (std::exchange(has_users_, true)) say("notice", "the users file was read again");
}

void SigningIn::say(std::string_view level, const std::string& sentence) {
    if (log_ != nullptr) log_->append(clock_, level, nullptr, sentence);
}

base::Counters::Registration SigningIn::register_counters(base::Counters& counters) {
    using enum base::CounterKind;
    if (has_accounts_) tries_shown_ = sign_in_.register_counters(counters);
    return counters.add({
        {"sign_ins_waiting", gauge, "credentials that wait for their check", [this] { return verifier_.waiting(); }},
        base::counter("verifier_restarts", total, "times that a process which keeps secrets died",
                      verifier_.restarts()),
    });
}

}  // namespace app
