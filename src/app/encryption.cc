// Certificates over the life of the server: read or made at the start, looked at again each second and at SIGHUP, and
// complained about in the log while something is wrong with them.
#include "app/encryption.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "app/certificate_files.h"
#include "app/own_hosts.h"
#include "app/reachable.h"
#include "base/ascii.h"
#include "http/date.h"
#include "tls/acceptor.h"
#include "tls/stream.h"

namespace app {
namespace {

/// Files are looked at this often: two calls for each pair.
constexpr base::MonotonicMs kLookEveryMs = 1'000;
/// What is wrong with a certificate is said again after this time.
constexpr base::MonotonicMs kConcernEveryMs = 86'400'000;

/// "127.0.0.1", "::1": without the brackets that a URL needs.
std::string address_text(const net::Address& address) {
    std::string text = address.host_text();
    std::erase_if(text, [](char c) { return c == '[' || c == ']'; });
    return text;
}

/// Under all of these the server may be asked for.
std::vector<std::string> own_names(const std::vector<net::Address>& addresses) {
    std::vector<std::string> names{"localhost"};
    const auto add = [&names](std::string name) {
        if (std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
    };
    if (auto name = machine_name()) add(std::move(*name));
    add("127.0.0.1");
    add("::1");
    for (const net::Address& address : addresses) {
        const bool is_shown = address.scheme == net::Scheme::https && !address.is_wildcard() && address.scope == 0;
        if (is_shown) add(address_text(address));
    }
    for (const net::Address& address : reachable_addresses(addresses)) add(address_text(address));
    return names;
}

class OpenSslEncryption final : public Encryption {
public:
    OpenSslEncryption(CertificateFiles files, std::vector<tls::Certificate> made,
                      std::unique_ptr<tls::Acceptor> acceptor, const base::Clock& clock)
        : files_(std::move(files)),
          made_(std::move(made)),
          acceptor_(std::move(acceptor)),
          clock_(clock),
          look_ms_(clock.now_ms() + kLookEveryMs) {}

    net::StreamWrapper& wrapper() override { return *acceptor_; }

    [[nodiscard]] std::string notice() const override {
        if (made_.empty()) return {};
        return "godwit: the certificate was made for this run, and browsers will warn about it; its SHA-256 "
               "fingerprint is\n  " +
               made_.front().fingerprint() + "\n";
    }

    [[nodiscard]] bool is_certified(std::string_view host) const override {
        std::string lower(host);
        std::ranges::transform(lower, lower.begin(), base::to_lower);
        const auto is_for_host = [&](const tls::Certificate& certificate) {
            return std::ranges::any_of(certificate.names(), [&](const std::string& name) {
                return tls::match_name(name, lower) != tls::NameMatch::none;
            });
        };
        return std::ranges::any_of(shown(), is_for_host);
    }

    base::Counters::Registration register_counters(base::Counters& counters) override {
        handshakes_shown_ = acceptor_->register_counters(counters);
        using enum base::CounterKind;
        return counters.add({
            {"tls_certificate_seconds_left", gauge, "until the first certificate ends",
             [this] { return seconds_left(); }},
            base::counter("tls_certificates_reloaded", total, "times that changed certificates were taken", reloads_),
            base::counter("tls_reloads_failed", total, "times that a changed certificate could not be taken",
                          failed_reloads_),
        });
    }

    void report_to(server::ErrorLog& log) override {
        log_ = &log;
        say_concerns();
    }

    void read_from(HandedFiles& files) override { source_ = &files; }
    /// What is handed over is looked at when it was asked for again, and is there.
    void reload() override {
        if (source_ == &own_) look(Look::all);
    }
    void look(Look which) override {
        look_ms_ = clock_.now_ms() + kLookEveryMs;
        CertificateFiles::Found found = files_.look(which, *source_, clock_.now_ms());
        failed_reloads_ += found.problems.size();
        for (const std::string& problem : found.problems) say("error", problem);
        if (!found.is_new) return;
        if (const auto replaced = acceptor_->replace(shown(), files_.clients()); !replaced) {
            ++failed_reloads_;
            say("error", replaced.error());
            return;
        }
        ++reloads_;
        for (const std::string& sentence : found.loaded) say("notice", sentence);
        say_concerns();
    }
    void advance() override {
        if (clock_.now_ms() >= concern_ms_) say_concerns();
        look(Look::changed);
    }
    [[nodiscard]] base::MonotonicMs due() const override {
        return files_.has_any() ? std::min(look_ms_, concern_ms_) : concern_ms_;
    }

private:
    [[nodiscard]] const std::vector<tls::Certificate>& shown() const {
        return made_.empty() ? files_.certificates() : made_;
    }

    [[nodiscard]] std::uint64_t seconds_left() const {
        std::int64_t least = INT64_MAX;
        for (const tls::Certificate& certificate : shown()) least = std::min(least, certificate.not_after());
        return static_cast<std::uint64_t>(std::max<std::int64_t>(least - clock_.unix_seconds(), 0));
    }

    void say(std::string_view level, const std::string& sentence) {
        if (log_ != nullptr) log_->append(clock_, level, nullptr, sentence);
    }

    void say_concerns() {
        concern_ms_ = clock_.now_ms() + kConcernEveryMs;
        for (const tls::Certificate& certificate : shown()) {
            const std::string concern = certificate.find_concern(clock_.unix_seconds());
            if (!concern.empty()) say("warning", concern);
        }
    }

    OwnFiles own_;
    FileSource* source_ = &own_;
    CertificateFiles files_;
    std::vector<tls::Certificate> made_;  ///< the one that was made where no file has one; otherwise empty
    std::unique_ptr<tls::Acceptor> acceptor_;
    const base::Clock& clock_;
    server::ErrorLog* log_ = nullptr;
    base::Counters::Registration handshakes_shown_;
    base::MonotonicMs look_ms_;
    base::MonotonicMs concern_ms_ = 0;
    std::uint64_t reloads_ = 0;
    std::uint64_t failed_reloads_ = 0;
};

}  // namespace

bool has_encryption() { return true; }

std::string_view encryption_library() { return tls::library(); }

std::expected<std::unique_ptr<Encryption>, std::string> Encryption::make(const Options& options,
                                                                         const base::Clock& clock) {
    if (!options.uses_tls()) return nullptr;
    auto files = CertificateFiles::load(options.certificates, options.client_ca_file);
    if (!files) return std::unexpected(std::move(files.error()));
    std::vector<tls::Certificate> made;
    if (options.certificates.empty()) {
        auto certificate =
            tls::Certificate::make_self_signed(own_names(options.server.addresses), clock.unix_seconds());
        if (!certificate) return std::unexpected(std::move(certificate.error()));
        made.push_back(std::move(*certificate));
    }
    const auto protocols = options.server.http2 ? tls::Protocols::http2_and_http1 : tls::Protocols::http1;
    auto acceptor =
        tls::Acceptor::make(made.empty() ? files->certificates() : made, files->clients(), protocols, clock);
    if (!acceptor) return std::unexpected(std::move(acceptor.error()));
    (*acceptor)->write_dates_by(http::date_text);
    return std::make_unique<OpenSslEncryption>(std::move(*files), std::move(made), std::move(*acceptor), clock);
}

}  // namespace app
