// Who looks after the certificates of a server, over days.
#include "app/encryption.h"

#include <cerrno>

#include "support/catch.h"
#include "support/fake_clock.h"
#include "support/pem_files.h"
#include "support/temp_dir.h"

namespace {

constexpr std::int64_t kNow = 1'800'000'000;
constexpr std::int64_t kDay = 86'400;

/// A server's certificates, at a time that tests set, and its error log.
struct Bench {
    explicit Bench(bool has_files = true) {
        clock.set_unix_seconds(kNow);
        support::write_pair(files, "a", kNow);
        support::write_pair(files, "b", kNow);
        options.server.addresses = {*net::Address::parse("https://127.0.0.1", 443)};
        if (has_files) options.certificates = {{files.at("a.pem"), files.at("a.key")}};
    }
    void start() {
        encryption = std::move(*app::Encryption::make(options, clock));
        shown = encryption->register_counters(counters);
        encryption->report_to(log);
    }
    void pass_seconds(std::int64_t seconds) {
        clock.advance_ms(seconds * 1000);
        if (clock.now_ms() >= encryption->due()) encryption->advance();
    }
    std::string logged() {
        log.file().flush();
        return files.read("log");
    }
    std::uint64_t count(std::string_view name) const {
        std::uint64_t found = UINT64_MAX;
        counters.visit([&](const base::Counter& counter, std::uint64_t value) {
            if (counter.name == name) found = value;
        });
        return found;
    }

    support::TempDir files;
    FakeClock clock;
    app::Options options;
    server::ErrorLog log{*server::LogFile::open(files.at("log"), 2)};
    base::Counters counters;
    std::unique_ptr<app::Encryption> encryption;
    base::Counters::Registration shown;
};

std::size_t count_of(const std::string& text, std::string_view part) {
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
    return count;
}

}  // namespace

TEST_CASE("encryption: without an https address there is none", "[app][tls]") {
    Bench bench;
    bench.options.server.addresses = {*net::Address::parse("127.0.0.1", 80)};
    const auto made = app::Encryption::make(bench.options, bench.clock);
    REQUIRE(made);
    CHECK(*made == nullptr);
}

TEST_CASE("encryption: a certificate that ends soon is warned of at the start and once a day", "[app][tls]") {
    Bench bench;
    bench.clock.set_unix_seconds(kNow + 80 * kDay);
    bench.start();
    CHECK(count_of(bench.logged(), "warning: the certificate for a.example ends at") == 1);
    for (int minute = 0; minute < 60; ++minute) bench.pass_seconds(60);
    CHECK(count_of(bench.logged(), "warning") == 1);
    bench.pass_seconds(kDay);
    CHECK(count_of(bench.logged(), "warning") == 2);
    CHECK(bench.count("tls_certificate_seconds_left") < 10 * kDay);
    bench.pass_seconds(20 * kDay);
    CHECK(count_of(bench.logged(), "expired at") == 1);
    CHECK(bench.count("tls_certificate_seconds_left") == 0);
}

TEST_CASE("encryption: files are looked at every second, and a change is logged and counted", "[app][tls]") {
    Bench bench;
    bench.start();
    CHECK(bench.encryption->notice().empty());
    CHECK(bench.encryption->due() - bench.clock.now_ms() <= 1'000);
    CHECK(bench.logged().empty());
    for (const std::string end : {".key", ".pem"}) bench.files.write("a" + end, bench.files.read("b" + end));
    bench.pass_seconds(1);
    CHECK(count_of(bench.logged(), "notice: the certificate " + bench.files.at("a.pem") + " was loaded anew") == 1);
    CHECK(bench.count("tls_certificates_reloaded") == 1);
    bench.files.write("a.pem", "broken");
    bench.encryption->reload();
    CHECK(count_of(bench.logged(), "error: ") == 1);
    CHECK(bench.count("tls_reloads_failed") == 1);
}

TEST_CASE("encryption: a certificate that was made is told of, and no file is looked at", "[app][tls]") {
    Bench bench(false);
    bench.start();
    CHECK(bench.encryption->notice().find("browsers will warn") != std::string::npos);
    CHECK(bench.encryption->due() - bench.clock.now_ms() > 1'000'000);
    bench.encryption->reload();
    CHECK(bench.logged().empty());
}

TEST_CASE("encryption: what another process hands over is taken when it comes, and said when it was asked for",
          "[app][tls]") {
    Bench bench;
    bench.start();
    app::OwnFiles own;
    app::HandedFiles handed(bench.options.tls_files());
    bench.encryption->read_from(handed);
    bench.files.write("a.pem", "broken");
    bench.encryption->reload();
    bench.pass_seconds(60);
    CHECK(bench.logged().empty());
    handed.take(0, own.open(bench.files.at("b.pem")));
    bench.encryption->look(app::Look::changed);
    CHECK(bench.logged().empty());
    handed.take(1, own.open(bench.files.at("b.key")));
    bench.encryption->look(app::Look::changed);
    CHECK(bench.count("tls_certificates_reloaded") == 1);
    handed.take(1, std::unexpected(EACCES));
    bench.encryption->look(app::Look::all);
    CHECK(count_of(bench.logged(), "cannot read the private key " + bench.files.at("a.key") + ": Permission denied") ==
          1);
}
