// The configuration file read again while the server runs: new rules for the site, new limits for the loop, and words
// in the log about what changed. Made by serve; the loop calls it as a part of its upkeep, at SIGHUP.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "app/options.h"
#include "app/start_log.h"
#include "base/clock.h"
#include "base/counters.h"
#include "server/log_file.h"
#include "server/server_config.h"
#include "server/upkeep.h"
#include "site/site.h"

namespace app {

class ConfigReload final : public server::Upkeep {
public:
    /// `running` is what the process was started with, completed from the disk; its `server` is what the loop follows.
    /// All outlives this.
    ConfigReload(Options& running, site::Site& site, Logs& logs, const base::Clock& clock)
        : running_(running), site_(site), logs_(logs), clock_(clock) {}

    /// Says in the log when this process may not read the file again: called once, when root is given up.
    void report_obstacle();

    /// Takes over what changes in flight. A mistake anywhere changes nothing. Without a configuration file there is
    /// nothing to read again.
    void reload() override;
    void advance() override {}
    [[nodiscard]] base::MonotonicMs due() const override { return INT64_MAX; }
    /// This outlives what is returned.
    [[nodiscard]] base::Counters::Registration register_counters(base::Counters& counters) const;

private:
    [[nodiscard]] std::expected<Options, UsageError> read_next(const std::vector<OptionWord>& fresh) const;
    /// The logs that `next` names where they are others than now.
    struct NewLogs {
        std::optional<server::LogFile> access;
        std::optional<server::LogFile> audit;
        std::optional<server::LogFile> error;
    };
    [[nodiscard]] std::expected<NewLogs, std::string> open_logs(const server::ServerConfig& next) const;
    void report_changes(const std::vector<OptionWord>& before, const std::vector<OptionWord>& fresh);
    void refuse(const UsageError& error);
    [[nodiscard]] std::string hint_about(const UsageError& error) const;
    [[nodiscard]] std::string hint_about_place() const;

    Options& running_;
    site::Site& site_;
    Logs& logs_;
    const base::Clock& clock_;
    std::uint64_t reloads_ = 0;
    std::uint64_t failed_reloads_ = 0;
};

}  // namespace app
