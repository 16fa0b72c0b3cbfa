// Words are compared, so that the log can name what changed, and options that need a new process keep theirs.
#include "app/config_reload.h"

#include <unistd.h>

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>

#include "app/exposure.h"
#include "app/option_values.h"
#include "app/process.h"
#include "app/served_site.h"

namespace app {
namespace {

/// All values of one option, as a person would write them; "on" for one without a value. Empty: it is not given.
std::string values_of(const std::vector<OptionWord>& words, const OptionSpec& spec) {
    std::string text;
    for (const OptionWord& word : words) {
        if (word.spec->id != spec.id) continue;
        if (spec.accepts.empty()) return "on";
        text += (text.empty() ? "" : ", ") + word.value;
    }
    return text;
}

bool is_same(const std::vector<OptionWord>& one, const std::vector<OptionWord>& other, const OptionSpec& spec) {
    std::vector<std::string_view> values;
    for (const OptionWord& word : one) {
        if (word.spec->id == spec.id) values.emplace_back(word.value);
    }
    std::size_t i = 0;
    for (const OptionWord& word : other) {
        if (word.spec->id != spec.id) continue;
        if (i == values.size() || values[i++] != word.value) return false;
    }
    return i == values.size();
}

/// Every option that one of both has, once.
std::vector<const OptionSpec*> specs_of(const std::vector<OptionWord>& one, const std::vector<OptionWord>& other) {
    std::vector<const OptionSpec*> specs;
    for (const std::vector<OptionWord>* words : {&one, &other}) {
        for (const OptionWord& word : *words) {
            if (std::ranges::find(specs, word.spec) == specs.end()) specs.push_back(word.spec);
        }
    }
    return specs;
}

/// What counts while the process lives: `fresh` words of options that change in flight, `running` ones of the others.
std::vector<OptionWord> words_in_flight(const std::vector<OptionWord>& running, const std::vector<OptionWord>& fresh) {
    std::vector<OptionWord> words;
    for (const OptionWord& word : running) {
        if (!changes_in_flight(*word.spec)) words.push_back(word);
    }
    for (const OptionWord& word : fresh) {
        if (changes_in_flight(*word.spec)) words.push_back(word);
    }
    return words;
}

std::string or_default(const OptionSpec& spec, const std::string& values) {
    if (values.empty()) return spec.accepts.empty() ? "off" : "the default";
    return printable(values);
}

}  // namespace

void ConfigReload::report_obstacle() {
    if (running_.sources.config.empty()) return;
    const auto words = read_sources(running_.sources);
    if (words || !words.error().is_denied) return;
    logs_.error.append(
        clock_, "notice", nullptr,
        "the configuration will not be read again: " + words.error().sentence + hint_about(words.error()));
}

void ConfigReload::reload() {
    if (running_.sources.config.empty()) return;
    const auto fresh = read_sources(running_.sources);
    if (!fresh) {
        refuse(fresh.error());
        return;
    }
    auto next = read_next(*fresh);
    if (!next) {
        refuse(next.error());
        return;
    }
    auto new_logs = open_logs(next->server);
    if (!new_logs) {
        refuse({std::move(new_logs.error())});
        return;
    }
    ++reloads_;
    if (new_logs->error) logs_.error.file().continue_in(std::move(*new_logs->error));
    if (new_logs->access) logs_.access.file().continue_in(std::move(*new_logs->access));
    if (new_logs->audit) logs_.audit.file().continue_in(std::move(*new_logs->audit));
    if (next->server.log_format != running_.server.log_format) logs_.access.set_format(next->server.log_format);
    const std::vector<OptionWord> before = std::move(running_.words);
    const bool has_new_rules = std::ranges::any_of(
        specs_of(before, next->words), [&](const OptionSpec* spec) { return !is_same(before, next->words, *spec); });
    running_ = std::move(*next);
    // New rules empty the cache. A file of media types may have changed under the same name.
    if (has_new_rules || !running_.mime_types.empty()) {
        site_.replace_rules(std::make_shared<const site::SiteConfig>(running_.site));
    }
    report_changes(before, *fresh);
}

/// What the process would be like with these words. What it opened at its start is compared: rules never hold for
/// another directory, file or policy for links than the open one.
std::expected<Options, UsageError> ConfigReload::read_next(const std::vector<OptionWord>& fresh) const {
    auto next = apply_words(words_in_flight(running_.words, fresh));
    if (!next) return next;
    if (auto found = look_up_site(*next); !found) return std::unexpected(UsageError{found.error()});
    if (next->site.only_path != running_.site.only_path) {
        return std::unexpected(
            UsageError{"what is served is no file any more, or has become one: this needs a new process"});
    }
    if (next->site.symlinks != running_.site.symlinks) {
        return std::unexpected(
            UsageError{"the first --grant, and giving up the last one, need a new process: they change how links are "
                       "followed"});
    }
    next->sources = running_.sources;
    next->are_sockets_handed_over = running_.are_sockets_handed_over;
    next->server.addresses = running_.server.addresses;
    next->site.https_port = running_.site.https_port;
    next->site.own_hosts = running_.site.own_hosts;
    if (auto exposure = check_exposure(*next); !exposure) return std::unexpected(UsageError{exposure.error()});
    return next;
}

std::expected<ConfigReload::NewLogs, std::string> ConfigReload::open_logs(const server::ServerConfig& next) const {
    struct Moved {
        const std::string& from;
        const std::string& to;
        int standard;
        std::optional<server::LogFile>& log;
    };
    const server::ServerConfig& now = running_.server;
    NewLogs logs;
    for (const Moved& moved : {Moved{now.error_log, next.error_log, STDERR_FILENO, logs.error},
                               Moved{now.access_log, next.access_log, STDOUT_FILENO, logs.access},
                               Moved{now.audit_log, next.audit_log, STDOUT_FILENO, logs.audit}}) {
        if (moved.from == moved.to) continue;
        auto opened = server::LogFile::open(moved.to, moved.standard);
        if (!opened) return std::unexpected(std::move(opened.error()) + hint_about_place());
        moved.log = std::move(*opened);
    }
    return logs;
}

void ConfigReload::report_changes(const std::vector<OptionWord>& before, const std::vector<OptionWord>& fresh) {
    const auto say = [this](const std::string& text) { logs_.error.append(clock_, "notice", nullptr, text); };
    std::string postponed;
    bool is_changed = false;
    for (const OptionSpec* spec : specs_of(before, fresh)) {
        if (is_same(before, fresh, *spec)) continue;
        if (!changes_in_flight(*spec)) {
            postponed += (postponed.empty() ? "" : ", ") + std::string(spec->name);
            continue;
        }
        is_changed = true;
        say("reloaded: " + std::string(spec->name) + " is " + or_default(*spec, values_of(fresh, *spec)) +
            " now, was " + or_default(*spec, values_of(before, *spec)));
        if (spec->id != id_max_connections) continue;
        const std::string missing = missing_descriptors(running_.server.max_connections);
        if (!missing.empty()) say(missing);
    }
    if (!postponed.empty()) say("not reloaded, because a new process is needed for it: " + postponed);
    if (!is_changed) say("reloaded: nothing changed");
}

void ConfigReload::refuse(const UsageError& error) {
    ++failed_reloads_;
    logs_.error.append(clock_, "error", nullptr,
                       "the configuration was not taken, and nothing changed: " + error.sentence + hint_about(error));
}

/// Why a file that could be read at the start cannot be read now.
std::string ConfigReload::hint_about(const UsageError& error) const {
    if (!error.is_denied) return {};
    if (running_.user.empty()) return hint_about_place();
    return "; the server gave up root for --user, so the user " + running_.user + " must be able to read it";
}

/// What the sandbox closes to a reload.
std::string ConfigReload::hint_about_place() const {
    if (running_.sandbox == SandboxMode::off) return {};
    return "; under --sandbox, logs and files of the configuration stay in the directories where they were at the "
           "start";
}

base::Counters::Registration ConfigReload::register_counters(base::Counters& counters) const {
    using enum base::CounterKind;
    return counters.add({
        base::counter("config_reloads", total, "times that the configuration was read again", reloads_),
        base::counter("config_reloads_failed", total, "times that a configuration was not taken", failed_reloads_),
    });
}

}  // namespace app
