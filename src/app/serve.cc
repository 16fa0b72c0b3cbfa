// The order matters: detach and ask for slices before the kernel's threads (io_uring) exist, bind and open logs before
// privileges are dropped, report readiness last.
#include "app/serve.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <optional>
#include <utility>
#include <vector>

#include "app/daemon.h"
#include "app/encryption.h"
#include "app/process.h"
#include "app/reachable.h"
#include "base/clock.h"
#include "media/media_type.h"
#include "net/listener.h"
#include "net/poller.h"
#include "net/signals.h"
#include "server/access_log.h"
#include "server/log_file.h"
#include "server/reactor.h"
#include "site/site.h"
#include "storage/disk_queue.h"
#include "storage/file_root.h"

namespace app {
namespace {

/// How many connections the kernel may queue; it caps this at net.core.somaxconn.
constexpr int kBacklog = 4096;

/// When a file is named in place of a directory, its directory is served, but nothing in it except that file.
std::expected<void, std::string> narrow_to_file(Options& options) {
    struct stat status{};
    if (::stat(options.directory.c_str(), &status) != 0 || S_ISDIR(status.st_mode)) return {};
    if (!S_ISREG(status.st_mode)) return std::unexpected(options.directory + " is neither a directory nor a file");
    site::SiteConfig& site = options.site;
    if (site.allow_upload || site.allow_delete) {
        return std::unexpected(options.directory + " is a file: writing needs a directory to serve");
    }
    const std::size_t slash = options.directory.rfind('/');
    const std::string name = slash == std::string::npos ? options.directory : options.directory.substr(slash + 1);
    if (name.starts_with('.')) return std::unexpected("files whose names begin with a dot are not served: " + name);
    options.directory = slash == std::string::npos ? "." : slash == 0 ? "/" : options.directory.substr(0, slash);
    site.only_path = "/" + name;
    site.index_name = name;
    site.listing = site.builtin = false;
    site.records_path.clear();
    return {};
}

/// Unix sockets belong to the user that the server becomes, so that its group may connect.
std::expected<net::SocketRights, std::string> socket_rights(const Options& options,
                                                            const std::optional<Identity>& identity) {
    net::SocketRights rights{.mode = options.unix_mode};
    std::optional<Identity> owner = identity;
    if (!options.unix_user.empty()) {
        auto found = find_identity(options.unix_user, options.unix_group);
        if (!found) return std::unexpected("--unix-owner: " + found.error());
        owner = std::move(*found);
    }
    if (owner) {
        rights.owner = owner->uid;
        rights.group = owner->gid;
    }
    return rights;
}

/// `encryption` is there when one of the addresses is https.
std::expected<std::vector<net::Listener>, std::string> open_listeners(const std::vector<net::Address>& addresses,
                                                                      const net::SocketRights& rights,
                                                                      Encryption* encryption) {
    std::vector<net::Listener> listeners;
    for (const net::Address& address : addresses) {
        auto listener = net::Listener::open(address, kBacklog, rights);
        if (!listener) return std::unexpected(listener.error());
        if (address.scheme == net::Scheme::https) listener->wrap_with(encryption->wrapper());
        listeners.push_back(std::move(*listener));
    }
    return listeners;
}

std::expected<void, std::string> take_media_types(Options& options) {
    media::FileMediaTypes configured;
    if (!options.mime_types.empty()) {
        auto types = media::read_media_types(options.mime_types);
        if (!types) return std::unexpected(types.error());
        configured = std::move(*types);
    }
    options.site.media_types = std::make_shared<const media::MediaTypes>(std::move(configured), options.coded_names);
    return {};
}

/// Where --redirect-https leads; 0 where no address is https.
std::uint16_t https_port(const std::vector<net::Listener>& listeners) {
    const auto is_https = [](const net::Listener& listener) { return listener.address().scheme == net::Scheme::https; };
    const auto first = std::ranges::find_if(listeners, is_https);
    return first == listeners.end() ? std::uint16_t{0} : first->address().port();
}

struct Logs {
    server::AccessLog access;
    server::ErrorLog error;
};

/// A log file that is created here belongs to `identity`, when there is one, because that user reopens the logs later.
std::expected<Logs, std::string> open_logs(const server::ServerConfig& config,
                                           const std::optional<Identity>& identity) {
    auto access = server::LogFile::open(config.access_log, 1);
    if (!access) return std::unexpected(access.error());
    auto error = server::LogFile::open(config.error_log, 2);
    if (!error) return std::unexpected(error.error());
    if (identity) {
        access->give_to(identity->uid, identity->gid);
        error->give_to(identity->uid, identity->gid);
    }
    return Logs{server::AccessLog(std::move(*access), config.log_format), server::ErrorLog(std::move(*error))};
}

void print(const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
}

/// What the process may not do in the served directory, after --user; empty when nothing is missing.
std::string missing_rights(int directory, const Options& options) {
    const auto may = [directory](int rights) { return ::faccessat(directory, ".", rights, AT_EACCESS) == 0; };
    const std::string who = options.user.empty() ? "the server's user" : "the user " + options.user;
    if (!may(X_OK)) return who + " has no right to enter the directory: requests will be answered 403";
    if (options.site.listing && !may(R_OK)) return who + " has no right to read the directory: it will not be listed";
    const bool is_written = options.site.allow_upload || options.site.allow_delete;
    if (is_written && !may(W_OK)) return who + " has no right to write to the directory: uploads there will be 403";
    return {};
}

/// Writes to the error log what the operator should know about this start.
void log_start(server::ErrorLog& log, const base::Clock& clock, const site::Site& site, const storage::DiskQueue& disk,
               const Options& options, int directory, const Encryption* encryption) {
    if (const std::string missing = missing_rights(directory, options); !missing.empty()) {
        log.append(clock, "notice", nullptr, missing);
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
    if (site.are_records_blocked()) {
        log.append(clock, "notice", nullptr,
                   "the directory has an entry named " + options.site.records_file.substr(1) +
                       " that is no file: it and the records are not served; --records says where they are, or off");
    }
    const std::size_t each =
        server::kConnectionBoundBytes + (encryption == nullptr ? 0 : encryption->connection_bytes());
    const std::size_t mebibytes = (options.server.max_connections * each + options.site.cache_bytes) / (1024 * 1024);
    log.append(clock, "notice", nullptr,
               "disk writes: " + std::string(disk.kind()) + ", at most " + std::to_string(mebibytes) +
                   " MiB of memory with " + std::to_string(options.server.max_connections) + " busy connections");
}

/// Says in the error log what will go wrong when the logs are rotated.
void log_rotation_obstacles(Logs& logs, const base::Clock& clock) {
    for (const server::LogFile* log : {&logs.access.file(), &logs.error.file()}) {
        const std::string obstacle = log->obstacle_to_reopening();
        if (!obstacle.empty()) logs.error.append(clock, "notice", nullptr, obstacle);
    }
}

}  // namespace

std::expected<void, std::string> serve(Options options) {
    raise_descriptor_limit();
    if (auto narrowed = narrow_to_file(options); !narrowed) return std::unexpected(narrowed.error());
    auto root = storage::FileRoot::open(options.directory, options.site.symlinks);
    if (!root) return std::unexpected(root.error());
    std::optional<Identity> identity;
    if (!options.user.empty()) {
        auto found = find_identity(options.user, options.group);
        if (!found) return std::unexpected(found.error());
        identity = std::move(*found);
    }
    if (auto taken = take_media_types(options); !taken) return std::unexpected(taken.error());
    base::SystemClock clock;
    base::Counters counters;
    auto encryption = Encryption::make(options, clock);
    if (!encryption) return std::unexpected(encryption.error());
    if (options.action == Action::test) {
        print(describe(options, root->name() + options.site.only_path));
        return {};
    }

    std::optional<Detached> detached;
    if (options.daemon) {
        auto result = Detached::detach();
        if (!result) return std::unexpected(result.error());
        detached = std::move(*result);
    }
    std::optional<Pidfile> pidfile;
    if (!options.pidfile.empty()) {
        auto created = Pidfile::create(options.pidfile);
        if (!created) return std::unexpected(created.error());
        pidfile.emplace(std::move(*created));
    }
    auto rights = socket_rights(options, identity);
    if (!rights) return std::unexpected(rights.error());
    auto listeners = open_listeners(options.server.addresses, *rights, encryption->get());
    if (!listeners) return std::unexpected(listeners.error());
    options.site.https_port = https_port(*listeners);
    auto logs = open_logs(options.server, identity);
    if (!logs) return std::unexpected(logs.error());
    if (identity) {
        if (auto dropped = drop_privileges(*identity); !dropped) return std::unexpected(dropped.error());
    }

    auto signals = net::Signals::open();
    if (!signals) return std::unexpected(signals.error());
    auto poller = net::Poller::create();
    if (!poller) return std::unexpected(poller.error());
    clock.update();
    base::ArrivalClock arrivals;
    ask_for_short_slices();
    base::WakeQueue wakes;
    const std::unique_ptr<storage::DiskQueue> disk = storage::make_disk_queue(wakes);
    site::Site site(*root, std::make_shared<const site::SiteConfig>(options.site), clock, arrivals, *disk);
    server::Reactor reactor({.config = options.server,
                             .clock = clock,
                             .poller = *poller,
                             .signals = *signals,
                             .listeners = *listeners,
                             .handler = site,
                             .arrivals = arrivals,
                             .disk = *disk,
                             .access_log = logs->access,
                             .error_log = logs->error,
                             .counters = counters,
                             .upkeep = encryption->get()});
    site.register_counters(counters);
    base::Counters::Registration encryption_shown;
    if (*encryption) encryption_shown = (*encryption)->register_counters(counters);
    if (!reactor.start()) return std::unexpected("the kernel refuses to watch the listening sockets");

    log_start(logs->error, clock, site, *disk, options, root->descriptor(), encryption->get());
    if (*encryption) (*encryption)->report_to(logs->error);
    log_rotation_obstacles(*logs, clock);
    logs->error.file().flush();
    std::vector<net::Address> bound;
    for (const net::Listener& listener : *listeners) bound.push_back(listener.address());
    std::string line = start_line(options, root->name() + options.site.only_path, bound, reachable_urls(bound));
    if (*encryption) line += (*encryption)->notice();
    if (detached) {
        if (detached->ready(line) != 0) return std::unexpected("cannot detach from the terminal");
        (void)logs->error.file().reopen();  // standard error is another one now
    } else {
        print(line);
    }
    reactor.run();
    // A person who pressed Ctrl-C sees that it worked.
    if (::isatty(STDOUT_FILENO) == 1) print("\ngodwit: stopped\n");
    return {};
}

}  // namespace app
