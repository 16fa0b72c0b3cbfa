// The order matters: detach and ask for slices before the kernel's threads (io_uring) exist, bind and open logs before
// privileges are dropped, confine the process when all is open, with what works in the background forked on the way,
// report readiness last.
#include "app/serve.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "admin/admin.h"
#include "app/config_reload.h"
#include "app/daemon.h"
#include "app/encryption.h"
#include "app/exposure.h"
#include "app/handed_sockets.h"
#include "app/listening.h"
#include "app/mistaken_place.h"
#include "app/own_hosts.h"
#include "app/process.h"
#include "app/reachable.h"
#include "app/sandbox.h"
#include "app/served_site.h"
#include "app/service_notify.h"
#include "app/shared_place.h"
#include "app/signing_in.h"
#include "app/start_log.h"
#include "app/starter_process.h"
#include "app/succession.h"
#include "app/upkeep_list.h"
#include "app/write_inheritance.h"
#include "base/clock.h"
#include "net/listener.h"
#include "net/poller.h"
#include "net/signals.h"
#include "server/log_file.h"
#include "server/reactor.h"
#include "site/site.h"
#include "storage/disk_queue.h"
#include "storage/file_root.h"

namespace app {
namespace {

/// A log file that is created here belongs to `identity`, when there is one, because that user reopens the logs later.
std::expected<Logs, std::string> open_logs(const server::ServerConfig& config,
                                           const std::optional<Identity>& identity) {
    for (const std::string& path : {config.access_log, config.audit_log, config.error_log}) {
        if (path.empty() || path == "-") continue;
        if (std::string objection = find_shared_place(path); !objection.empty()) {
            return std::unexpected("--access-log, --audit-log, --error-log: " + objection);
        }
    }
    auto access = server::LogFile::open(config.access_log, STDOUT_FILENO);
    if (!access) return std::unexpected(access.error());
    auto audit = server::LogFile::open(config.audit_log, STDOUT_FILENO);
    if (!audit) return std::unexpected(audit.error());
    auto error = server::LogFile::open(config.error_log, STDERR_FILENO);
    if (!error) return std::unexpected(error.error());
    if (identity) {
        for (const server::LogFile* log : {&*access, &*audit, &*error}) log->give_to(identity->uid, identity->gid);
    }
    return Logs{server::AccessLog(std::move(*access), config.log_format), server::AuditLog(std::move(*audit)),
                server::ErrorLog(std::move(*error))};
}

void print(const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
}

/// What is read and checked before the process changes anything: --test ends behind it.
struct Checked {
    Options options;  ///< the site completed from the disk
    storage::FileRoot root;
    std::optional<Identity> identity;        ///< who the process becomes
    std::unique_ptr<Encryption> encryption;  ///< null where no address is https
    HandedSockets handed;                    ///< what a service manager opened
    ServiceNotify service;

    /// The absolute name of the directory or file.
    [[nodiscard]] std::string served() const { return root.name() + options.site.only_path; }
};

std::expected<Checked, std::string> check(Options options, const base::Clock& clock, Predecessor* predecessor) {
    auto handed = predecessor != nullptr ? predecessor->take_handed() : take_handed_sockets();
    if (!handed) return std::unexpected(handed.error());
    if (auto taken = take_addresses(handed->site, options); !taken) return std::unexpected(taken.error());
    auto service = ServiceNotify::from_environment(clock);
    if (!service) return std::unexpected(service.error());
    raise_descriptor_limit();
    if (auto found = look_up_site(options); !found) return std::unexpected(found.error());
    if (auto exposure = check_exposure(options); !exposure) return std::unexpected(exposure.error());
    if (auto users = check_users(options); !users) return std::unexpected(users.error());
    auto root = storage::FileRoot::open(options.directory, options.site.symlinks);
    if (!root) return std::unexpected(root.error() + probably_meant(options.directory));
    root->set_dot_files(options.site.dot_files);
    std::optional<Identity> identity;
    if (!options.user.empty()) {
        auto found = find_identity(options.user, options.group);
        if (!found) return std::unexpected("--user: " + found.error());
        identity = std::move(*found);
    }
    auto encryption = Encryption::make(options, clock);
    if (!encryption) return std::unexpected(encryption.error());
    return Checked{std::move(options),     std::move(*root),   std::move(identity),
                   std::move(*encryption), std::move(*handed), std::move(*service)};
}

/// What needs the rights of the one who started the process.
struct Opened {
    std::optional<Detached> detached;
    std::optional<Pidfile> pidfile;
    std::vector<net::Listener> listeners;
    std::vector<net::Listener> admin;  ///< listeners
    Logs logs;
    std::unique_ptr<SigningIn> signing_in;         ///< null where nothing needs it
    std::expected<base::Fd, std::string> starter;  ///< of start_starter()
    bool is_admin_of_manager = false;              ///< a service manager opened the admin listeners
    Predecessor* predecessor = nullptr;            ///< null where this process takes nobody's place
};

std::expected<std::optional<Pidfile>, std::string> open_pidfile(const Options& options, Predecessor* predecessor) {
    if (options.pidfile.empty()) return std::nullopt;
    if (predecessor != nullptr) {
        if (auto taken = Pidfile::take_over(predecessor->take_pidfile(), options.pidfile)) return taken;
    }
    auto created = Pidfile::create(options.pidfile);
    if (!created) return std::unexpected(created.error());
    return std::move(*created);
}

/// Detaches, starts the processes that start a successor and that keep secrets, takes the pid file, listens and opens
/// the logs. In the place of another process this one has left the terminal already.
std::expected<Opened, std::string> open_outside(Checked& checked, const StartCommand& command, Predecessor* predecessor,
                                                base::WakeQueue& wakes, const base::Clock& clock) {
    const Options& options = checked.options;
    std::optional<Detached> detached;
    if (options.daemon && predecessor == nullptr) {
        auto result = Detached::detach();
        if (!result) return std::unexpected(result.error());
        detached = std::move(*result);
    }
    auto starter = start_starter(command, options.daemon ? Streams::nowhere : Streams::same);
    auto signing_in = SigningIn::start(options, wakes, clock);
    if (!signing_in) return std::unexpected(signing_in.error());
    auto pidfile = open_pidfile(options, predecessor);
    if (!pidfile) return std::unexpected(pidfile.error());
    auto rights = socket_rights(options, checked.identity);
    if (!rights) return std::unexpected(rights.error());
    std::expected<std::vector<net::Listener>, std::string> listeners = std::move(checked.handed.site);
    if (listeners->empty()) listeners = open_listeners(options.server.addresses, *rights, predecessor);
    if (!listeners) return std::unexpected(listeners.error());
    std::expected<std::vector<net::Listener>, std::string> admin = std::move(checked.handed.admin);
    const bool is_admin_of_manager = !admin->empty();
    if (admin->empty()) admin = open_listeners(options.admin, *rights, predecessor);
    if (!admin) return std::unexpected(admin.error());
    for (net::Listener& listener : *listeners) {
        if (listener.address().scheme == net::Scheme::https) listener.wrap_with(checked.encryption->wrapper());
    }
    auto logs = open_logs(options.server, checked.identity);
    if (!logs) return std::unexpected(logs.error());
    return Opened{.detached = std::move(detached),
                  .pidfile = std::move(*pidfile),
                  .listeners = std::move(*listeners),
                  .admin = std::move(*admin),
                  .logs = std::move(*logs),
                  .signing_in = std::move(*signing_in),
                  .starter = std::move(starter),
                  .is_admin_of_manager = is_admin_of_manager,
                  .predecessor = predecessor};
}

/// Takes the place of the predecessor, if there is one: from here on its sockets are accepted from here, and by nobody
/// else. So no fault from here on is a reason not to serve.
std::expected<void, std::string> take_place(const Options& options, Opened& opened, const base::Clock& clock) {
    if (opened.predecessor == nullptr) return {};
    using enum Predecessor::OfPidfile;
    const bool is_taken_over = opened.pidfile && !opened.pidfile->is_claimed();
    auto waited = opened.predecessor->await_sockets(is_taken_over ? taken_over : not_used);
    if (!waited) return waited;
    if (const int error = is_taken_over ? opened.pidfile->claim() : 0; error != 0) {
        opened.logs.error.append(clock, "error", nullptr, "cannot write the pid file", std::strerror(error));
    }
    // As a daemon that detaches: it must not keep the directory it was started from busy.
    if (options.daemon) (void)::chdir("/");
    return {};
}

/// Says on standard output and to the service manager that the server is ready, and lets the process that was started
/// end when it detached.
std::expected<void, std::string> announce(Checked& checked, Opened& opened, std::span<const std::string> reachable,
                                          const Confinement& confinement, const base::Clock& clock) {
    if (auto taken = take_place(checked.options, opened, clock); !taken) return taken;
    const std::vector<net::Address> bound = addresses_of(opened.listeners);
    std::string line = start_line(checked.options, checked.served(), bound, reachable, confinement.word);
    checked.service.ready(line.substr(line.find("serving")));
    if (checked.encryption) line += checked.encryption->notice();
    if (!opened.detached) {
        print(line);
        return {};
    }
    if (opened.detached->ready(line) != 0) return std::unexpected("cannot detach from the terminal");
    (void)opened.logs.error.file().reopen();  // standard error is another one now
    return {};
}

/// What answers on the admin listeners; null where there is none.
std::unique_ptr<admin::Admin> make_admin(const Checked& checked, const Opened& opened, const base::Clock& clock,
                                         const base::Counters& counters) {
    if (opened.admin.empty()) return nullptr;
    admin::Facts facts{.version = GODWIT_VERSION, .directory = checked.served(), .addresses = {}};
    for (const net::Listener& listener : opened.listeners) facts.addresses.push_back(listener.address().url());
    const bool are_local = std::ranges::all_of(
        opened.admin, [](const net::Listener& listener) { return listener.address().family == net::Family::local; });
    return std::make_unique<admin::Admin>(counters, clock, std::move(facts),
                                          are_local ? admin::Hosts::any : admin::Hosts::own);
}

/// Certificates are read by the process that keeps secrets, where this one may not do so any more.
void read_handed_files(Encryption* encryption, SigningIn* signing_in) {
    if (encryption == nullptr || signing_in == nullptr) return;
    HandedFiles* const files = signing_in->hand_files_over([encryption](Look which) { encryption->look(which); });
    if (files != nullptr) encryption->read_from(*files);
}

/// What is forked for the disk, which tells `log` about it as long as it lives.
ForkLate start_of(storage::DiskQueue& disk, server::ErrorLog& log, const base::Clock& clock) {
    return [&disk, &log, &clock](storage::ProcessCalls calls) {
        disk.start(calls, [&log, &clock](std::string_view level, const std::string& sentence) {
            log.append(clock, level, nullptr, sentence);
        });
    };
}

Succession make_succession(const Checked& checked, Opened& opened, const base::Clock& clock) {
    return Succession({.site = opened.listeners,
                       .admin = opened.admin,
                       .is_site_of_manager = checked.options.are_sockets_handed_over,
                       .is_admin_of_manager = opened.is_admin_of_manager,
                       .pidfile = opened.pidfile ? &*opened.pidfile : nullptr,
                       .log = opened.logs.error,
                       .clock = clock},
                      std::move(opened.starter));
}

/// Gives up what serving does not need, and says that the server is ready.
std::expected<void, std::string> begin_serving(Checked& checked, Opened& opened, storage::DiskQueue& disk,
                                               ConfigReload& reload, const base::Clock& clock) {
    server::ErrorLog& log = opened.logs.error;
    // The kernel is asked for the addresses of this machine through a socket, which the sandbox does not make.
    const std::vector<std::string> reachable = reachable_urls(addresses_of(opened.listeners));
    const auto confinement = confine(checked.options, checked.root, checked.service, start_of(disk, log, clock));
    if (!confinement) return std::unexpected(confinement.error());
    log_confinement(log, clock, checked.options, *confinement);
    log_rotation_obstacles(opened.logs, clock);
    reload.report_obstacle();
    log.file().flush();
    return announce(checked, opened, reachable, *confinement, clock);
}

/// Serves until a signal ends it.
std::expected<void, std::string> run(Checked& checked, Opened& opened, base::SystemClock& clock, base::WakeQueue& wakes,
                                     base::Counters& counters) {
    const Options& options = checked.options;
    Encryption* const encryption = checked.encryption.get();
    auto signals = net::Signals::open();
    if (!signals) return std::unexpected(signals.error());
    auto poller = net::Poller::create();
    if (!poller) return std::unexpected(poller.error());
    clock.update();
    base::ArrivalClock arrivals;
    ask_for_short_slices();
    keep_heap_compact();
    const std::unique_ptr<storage::DiskQueue> disk = storage::make_disk_queue(wakes);
    base::MemoryBudget memory(options.server.memory_bytes);
    site::Site site(checked.root, std::make_shared<const site::SiteConfig>(options.site), clock, arrivals, *disk,
                    memory, opened.predecessor == nullptr ? site::Writer::ourselves : site::Writer::predecessor);
    UpkeepList upkeep(clock);
    if (encryption != nullptr) upkeep.add(*encryption);
    ConfigReload reload(checked.options, site, opened.logs, clock);
    upkeep.add(reload);
    if (opened.signing_in) upkeep.add(*opened.signing_in);
    Succession succession = make_succession(checked, opened, clock);
    upkeep.add(succession);
    WriteInheritance inheritance(opened.predecessor, site, succession, clock);
    upkeep.add(inheritance);
    read_handed_files(encryption, opened.signing_in.get());
    checked.service.follow(upkeep);
    const std::unique_ptr<admin::Admin> watched = make_admin(checked, opened, clock, counters);
    server::Reactor reactor(
        {.config = options.server,
         .clock = clock,
         .poller = *poller,
         .signals = *signals,
         .listeners = opened.listeners,
         .handler = site,
         .arrivals = arrivals,
         .disk = *disk,
         .access_log = opened.logs.access,
         .audit_log = opened.logs.audit,
         .error_log = opened.logs.error,
         .counters = counters,
         .memory = memory,
         .upkeep = &checked.service,
         .admin = watched ? std::optional(server::AdminParts{*watched, opened.admin}) : std::nullopt});
    site.register_counters(counters);
    const base::Counters::Registration reload_shown = reload.register_counters(counters);
    const auto disk_shown = disk->register_counters(counters);
    const auto succession_shown = succession.register_counters(counters);
    const auto process_shown = register_process_counters(counters, clock.unix_seconds());
    base::Counters::Registration encryption_shown;
    if (encryption != nullptr) encryption_shown = encryption->register_counters(counters);
    base::Counters::Registration sign_ins_shown;
    if (opened.signing_in) {
        if (auto* const sign_in = opened.signing_in->sign_in()) site.find_users_with(*sign_in);
        sign_ins_shown = opened.signing_in->register_counters(counters);
        opened.signing_in->report_to(opened.logs.error);
    }
    if (!reactor.start()) return std::unexpected("the kernel refuses to watch the listening sockets");

    log_start(opened.logs.error, clock, site, *disk, options, checked.root);
    if (encryption != nullptr) encryption->report_to(opened.logs.error);
    if (auto begun = begin_serving(checked, opened, *disk, reload, clock); !begun) return begun;
    reactor.run();
    // A person who pressed Ctrl-C sees that it worked.
    if (::isatty(STDOUT_FILENO) == 1 && !succession.successor()) print("\ngodwit: stopped\n");
    return {};
}

}  // namespace

std::expected<void, std::string> serve(Options options, const StartCommand& command, Predecessor* predecessor) {
    base::SystemClock clock;
    base::Counters counters;
    auto checked = check(std::move(options), clock, predecessor);
    if (!checked) return std::unexpected(checked.error());
    if (checked->options.action == Action::test) {
        print(describe(checked->options, checked->served()));
        return {};
    }
    base::WakeQueue wakes;
    auto opened = open_outside(*checked, command, predecessor, wakes, clock);
    if (!opened) return std::unexpected(opened.error());
    checked->options.site.https_port = https_port(opened->listeners);
    checked->options.site.own_hosts = own_hosts(addresses_of(opened->listeners), checked->encryption.get());
    checked->options.admin = addresses_of(opened->admin);
    if (checked->identity) {
        if (auto dropped = drop_privileges(*checked->identity); !dropped) return dropped;
    }
    return run(*checked, *opened, clock, wakes, counters);
}

}  // namespace app
