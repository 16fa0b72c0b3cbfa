// What is said when logs lose lines or cannot be reopened.
#include "server/log_upkeep.h"

#include <unistd.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>

#include "support/catch.h"
#include "support/fake_clock.h"
#include "support/temp_dir.h"

namespace {

std::string slurp(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

std::size_t count(const std::string& text, const std::string& part) {
    std::size_t found = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
    return found;
}

}  // namespace

TEST_CASE("log upkeep: lost lines are said once a minute", "[server][log]") {
    const support::TempDir files;
    FakeClock clock;
    const std::string audit_path;
    server::AccessLog access(*server::LogFile::open("/dev/full", 1), server::LogFormat::common);
    server::ErrorLog error(*server::LogFile::open(files.at("error"), 2));
    server::AuditLog audit(*server::LogFile::open(audit_path, 1));
    server::LogUpkeep upkeep(access, audit, error);
    clock.advance_ms(100'000);
    for (int i = 0; i < 3; ++i) {
        access.append({.method = "GET", .target = "/"}, clock);
        upkeep.flush(clock);
    }
    CHECK(count(slurp(files.at("error")), "lines were lost") == 1);
    clock.advance_ms(60'000);
    upkeep.flush(clock);
    CHECK(count(slurp(files.at("error")), "lines were lost") == 2);
    clock.advance_ms(60'000);
    upkeep.flush(clock);
    CHECK(count(slurp(files.at("error")), "lines were lost") == 2);
    base::Counters counters;
    const auto registered = upkeep.register_counters(counters);
    CHECK(base::counters_line(counters).find(" log_bytes_lost=" + std::to_string(access.file().lost_bytes())) !=
          std::string::npos);
}

TEST_CASE("log upkeep: a log that cannot be reopened is an error and counted", "[server][log]") {
    const support::TempDir files;
    FakeClock clock;
    const std::string audit_path = files.at("audit");
    server::AccessLog access(*server::LogFile::open(files.at("access"), 1), server::LogFormat::common);
    server::ErrorLog error(*server::LogFile::open(files.at("error"), 2));
    server::AuditLog audit(*server::LogFile::open(audit_path, 1));
    server::LogUpkeep upkeep(access, audit, error);
    REQUIRE(std::rename(files.at("access").c_str(), files.at("access.1").c_str()) == 0);
    REQUIRE(::symlink("access", files.at("access").c_str()) == 0);
    upkeep.reopen(clock);
    upkeep.flush(clock);
    CHECK(slurp(files.at("error")).find("cannot reopen the log " + files.at("access")) != std::string::npos);
    base::Counters counters;
    const auto registered = upkeep.register_counters(counters);
    CHECK(base::counters_line(counters).find(" log_reopens_failed=1") != std::string::npos);
}

TEST_CASE("log upkeep: the audit log is written, reopened and watched like the others", "[server][log]") {
    const support::TempDir files;
    FakeClock clock;
    server::AccessLog access(server::LogFile::off(), server::LogFormat::common);
    server::ErrorLog error(*server::LogFile::open(files.at("error"), 2));
    server::AuditLog audit(*server::LogFile::open(files.at("audit"), 1));
    server::LogUpkeep upkeep(access, audit, error);
    audit.append({.method = "PUT", .target = "/one"}, clock);
    upkeep.flush(clock);
    REQUIRE(std::rename(files.at("audit").c_str(), files.at("audit.1").c_str()) == 0);
    upkeep.reopen(clock);
    audit.append({.method = "PUT", .target = "/two"}, clock);
    upkeep.flush(clock);
    CHECK(count(slurp(files.at("audit.1")), "/one") == 1);
    CHECK(count(slurp(files.at("audit")), "/two") == 1);
    clock.advance_ms(100'000);
    audit.file().continue_in(*server::LogFile::open("/dev/full", 1));
    audit.append({.method = "PUT", .target = "/three"}, clock);
    upkeep.flush(clock);
    CHECK(count(slurp(files.at("error")), " bytes of --audit-log") == 1);
}
