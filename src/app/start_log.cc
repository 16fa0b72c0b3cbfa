// Notices of the start: missing rights, limits that are too low, names that are taken, and how much memory it may be.
#include "app/start_log.h"

#include <fcntl.h>
#include <unistd.h>

#include "app/option_values.h"
#include "app/process.h"
#include "storage/on_conflict.h"

namespace app {
namespace {

/// What the process may not do in the served directory, after --user; empty when nothing is missing.
std::string missing_rights(int directory, const Options& options) {
    const auto may = [directory](int rights) { return ::faccessat(directory, ".", rights, AT_EACCESS) == 0; };
    const std::string who = options.user.empty() ? "the server's user" : "the user " + options.user;
    if (!may(X_OK)) return who + " has no right to enter the directory: requests will be answered 403";
    if (const std::string& only = options.site.only_path; !only.empty()) {
        if (::faccessat(directory, only.c_str() + 1, R_OK, AT_EACCESS) == 0) return {};
        return who + " has no right to read the file: requests will be answered 403";
    }
    if (options.site.listing && !may(R_OK)) return who + " has no right to read the directory: it will not be listed";
    if (options.site.allow_share && !may(W_OK) && ::faccessat(directory, ".godwit", W_OK, AT_EACCESS) != 0) {
        return who + " has no right to write to the directory: share links, which are kept there, will be 503";
    }
    const bool is_written = options.site.allow_upload || options.site.allow_delete;
    if (is_written && !may(W_OK)) return who + " has no right to write to the directory: uploads there will be 403";
    return {};
}

}  // namespace

void log_start(server::ErrorLog& log, const base::Clock& clock, const site::Site& site, const storage::DiskQueue& disk,
               const Options& options, const storage::FileRoot& root) {
    if (const std::string missing = missing_rights(root.descriptor(), options); !missing.empty()) {
        log.append(clock, "notice", nullptr, missing);
    }
    if (root.resolver() == storage::Resolver::by_name) {
        log.append(
            clock, "notice", nullptr,
            "links below the directory are not followed: this kernel, or the sandbox around this process, has no "
            "openat2");
    }
    if (const std::string missing = missing_descriptors(options.server.max_connections); !missing.empty()) {
        log.append(clock, "notice", nullptr, missing);
    }
    for (const std::string_view name : site.shadowed_endpoints()) {
        log.append(clock, "notice", nullptr,
                   "the directory has an entry named " + std::string(name) + ": the built-in endpoint is off");
    }
    if (site.are_records_given_up()) {
        log.append(
            clock, "notice", nullptr,
            "the directory has an entry named " + options.site.records_file.substr(1) +
                " that is no file of records: it is served like others; --records says where records are, or off");
    }
    if (options.site.allow_upload && !options.site.allow_replace &&
        options.site.on_conflict == storage::OnConflict::replace) {
        log.append(clock, "notice", nullptr, "--on-conflict replace has no effect without --allow-replace");
    }
    if (options.site.confines_pages()) {
        log.append(clock, "notice", nullptr,
                   "uploads are allowed, so HTML, SVG and XML below the directory run no scripts, its index files "
                   "included; --trust-uploads lets them");
    }
    if (site.are_records_blocked()) {
        log.append(clock, "notice", nullptr,
                   "the directory has an entry named " + options.site.records_file.substr(1) +
                       " that is no file: it and the records are not served; --records says where they are, or off");
    }
    if (options.cache_bytes() < options.site.cache_bytes) {
        log.append(clock, "notice", nullptr,
                   "the cache has a quarter of --memory, " + size_text(options.cache_bytes()) + ", and not the " +
                       size_text(options.site.cache_bytes) + " of --cache-size");
    }
    log.append(clock, "notice", nullptr,
               "disk writes: " + std::string(disk.kind()) + ", at most " +
                   std::to_string(options.server.memory_bytes / (1024 * 1024)) +
                   " MiB of memory for all that is buffered, the cache among it (--memory)");
}

void log_confinement(server::ErrorLog& log, const base::Clock& clock, const Options& options,
                     const Confinement& confinement) {
    log.append(clock, "notice", nullptr, confinement.notice);
    if (!options.user.empty() || ::geteuid() != 0) return;
    std::string kept = "all rights of root";
    if (options.sandbox != SandboxMode::off) kept = "rights of root";
    if (confinement.is_whole) kept = "root's rights over the files that the sandbox leaves open";
    log.append(clock, "warning", nullptr, "the server keeps " + kept + "; --user USER gives them up once it listens");
}

void log_rotation_obstacles(Logs& logs, const base::Clock& clock) {
    for (const server::LogFile* log : {&logs.access.file(), &logs.audit.file(), &logs.error.file()}) {
        const std::string obstacle = log->obstacle_to_reopening();
        if (!obstacle.empty()) logs.error.append(clock, "notice", nullptr, obstacle);
    }
}

}  // namespace app
