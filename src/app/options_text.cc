// The texts of --help.
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "app/options.h"

namespace app {

namespace {

constexpr std::string_view kUsage = R"(Usage: godwit [OPTIONS] [DIR]
Serves the directory DIR, or one file, over HTTP/1.1; receives files into it
when allowed to. At a terminal DIR may be left out: then it is where you are.
)";

constexpr std::string_view kOverview = R"(
  -p, --port N               port (default 4221)
  -b, --bind ADDR            address (default 127.0.0.1; 0.0.0.0 is all)
      --allow-upload         accept files
  -A, --allow-all            accept files and deletes
      --spa, --clean-urls    as single-page applications and sites expect
      --access-log FILE      a line for each request; - is standard output
      --daemon               go on in the background
      --max-body SIZE        of one request, such as 10M
  -t, --test                 print what would be served, exit
  -V, --version              what this build can do

More: godwit --help SECTION, which is one of
  where      addresses, ports, TLS, host names, unix sockets
  uploads    rights, records, storage, listings, compression
  web        web sites: fields, caching, CORS, error pages, media types
  process    daemon, user, logs
  limits     sizes, times, numbers
  all        everything
)";

/// The names that people type, and the headings in kSections.
struct Section {
    std::string_view name;
    std::string_view heading;
};
constexpr auto kSectionNames = std::to_array<Section>({{"where", "Where"},
                                                       {"uploads", "What"},
                                                       {"what", "What"},
                                                       {"web", "Web sites"},
                                                       {"process", "Process"},
                                                       {"logs", "Process"},
                                                       {"limits", "Limits"},
                                                       {"other", "Other"}});

constexpr std::string_view kSections = R"(Where
  -p, --port N               port; 0 picks a free one (default 4221)
  -b, --bind ADDR            localhost, IPv4 or IPv6, with :PORT or without;
                             https:// in front: TLS; or unix:PATH; repeatable
                             (default 127.0.0.1)
      --tls-cert FILE        certificate and chain for TLS, with a --tls-key;
                             repeatable, chosen by the name that is asked for.
                             Without one a certificate is made for this run
      --tls-key FILE         private key of a --tls-cert; repeatable
      --tls-client-ca FILE   who vouches for clients that sign in by certificate
      --trusted-proxy RANGE  believe Forwarded and X-Forwarded-* of proxies in
                             this range (10.0.0.0/8, ::1, unix); repeatable
      --proxy-protocol HOW   connections begin with a PROXY header, and come
                             from a --trusted-proxy only: off (default), v1,
                             v2 or on (either version)
      --redirect-https       lead plain requests to the first https address,
                             all but those for /.well-known/acme-challenge/
      --hsts SECONDS         browsers use https only, for so long
      --unix-mode MODE       of a unix socket, in octal (default 660)
      --unix-owner USER[:GROUP]
                             of a unix socket (default: that of --user)
      --allowed-host NAME    answer under this host name only, others are 421;
                             repeatable; * is any. Default: browsers get
                             answers under addresses and this machine's names,
                             where writing is allowed or only this machine can
                             connect
      --path-prefix PATH     the site is below PATH, for a proxy that passes the
                             path on as it is; everything else is 404
      --admin ADDR:PORT      metrics, status and health of the server, for this
                             machine alone; or unix:PATH; repeatable
  -d, --directory DIR        what to serve; the same as DIR; or one file

What
      --allow-upload         accept new files: PUT, POST, forms, MKCOL
      --allow-replace        accept files that replace existing ones, too
      --allow-delete         accept DELETE, of files and directories
  -A, --allow-all            accept all of these
      --allow-well-known     accept them below /.well-known/ as well
      --grant 'PATH WHO RIGHTS'
                             who may do what below PATH: WHO is * (anyone),
                             + (signed in), a user or @GROUP; RIGHTS are read,
                             list, create, replace, delete, share (by links),
                             write (create and replace) or none. The longest
                             PATH counts, and its lines are added up; repeatable
      --trust-uploads        HTML, SVG and XML run scripts though strangers may
                             have written them
      --users FILE           names, password hashes and tokens, as written by
                             godwit passwd FILE NAME and godwit token FILE NAME
      --auth-cache SECONDS   right passwords are not checked again (default 5m)
      --auth-prompt PATH     nothing below PATH without signing in, though all
                             may read there: for programs that sign in only
                             when asked (davfs2, Windows); repeatable
      --session-hours N      how long browsers stay signed in (default 12)
      --insecure-auth        take passwords over plain connections, too
      --insecure-writes      let anybody write who can reach an address that is
                             open to other machines
  -i, --index NAME           file served for a directory (default index.html)
      --no-listing           do not list directories without such a file
      --no-builtin           no /echo/, /user-agent, /files/ and /healthz
      --records PATH=FILE    records, one a line, in FILE below DIR; or off
                             (default /database.txt=/database.txt)
      --on-conflict HOW      a file posted to a directory under a name that is
                             taken: refuse, rename or replace (default refuse)
      --keep-mtime           an upload's Last-Modified is its file's time
                             (X-OC-Mtime always is)
      --dav                  answer PROPFIND too, so that programs can mount
                             the folder and sync with it (WebDAV)
      --upload-expiry SECONDS
                             how long an interrupted upload can be resumed;
                             0 turns resuming off (default 86400)
      --symlinks WHICH       inside (follow those that stay in DIR), none or
                             all (default inside)
      --dot-files WHICH      names that begin with a dot: hide; write (who may
                             write there may name them, none is listed); or
                             serve, as other names (default hide)
      --compression-level N  0 (off) to 9 (default 6)
      --cache-size SIZE      memory for small and compressed files
                             (default 64M)
      --durability HOW       full: what was answered 2xx is on disk; none:
                             left to the kernel's writeback (default full)
      --min-free SIZE        refuse an upload that would leave less free space
                             (default 0)

Web sites
      --spa                  the root's index for paths that name nothing
      --clean-urls           /about is about.html, and /about.html leads there
      --error-page CODE=FILE the page sent with this status: 404=/404.html;
                             repeatable
      --header 'NAME: VALUE' a header of every answer; repeatable.
                             '/prefix/ NAME: VALUE': only below that prefix
      --cache-control PATTERN=VALUE
                             of files: '*.css=max-age=3600', '/assets/*=...';
                             repeatable, the first match counts
      --cors ORIGIN          scripts of this site may read the answers, and
                             write where writing is allowed; repeatable, * for
                             all
      --mime-types FILE      media types in the format of /etc/mime.types,
                             before the built-in ones
      --coding-by-name LIST  names of files that hold something compressed:
                             'js.gz, wasm.br' (always: svgz)
      --charset CHARSET      of text files, in place of utf-8; or
                             '/prefix/ CHARSET' of those below it; repeatable

Process
  -c, --config FILE          a configuration file: a long option a line, without
                             dashes; include FILE; [/prefix/] for what follows.
                             GODWIT_PORT and so on are stronger, and options on
                             the command line strongest
  -s, --signal ORDER         tell the server of --pidfile: reload (read the
                             configuration again), upgrade (let a new process of
                             the program take over), reopen (the logs), quit
                             (when all is answered) or stop (at once); exit
      --daemon               detach once it is listening; the exit status says
                             whether it is
      --pidfile FILE         written, locked, removed at exit
  -u, --user USER[:GROUP]    become this user after binding
      --sandbox HOW          on (default): once it listens, the server gives up
                             other files, programs, outgoing connections,
                             capabilities and all system calls that it does not
                             need, as far as the kernel can; required: all of
                             that or no start; off
      --access-log FILE      a file, - (standard output) or off (default off)
      --audit-log FILE       each change, who made it, and each refused write:
                             a file, - (standard output) or off (default off)
      --error-log FILE       a file or - (standard error, the default)
      --log-format NAME      common, combined (default), extended or json
      --request-id           X-Request-Id, of a trusted proxy or new, in answers
                             and logs; the logs have traceparent, too

Limits (SIZE: 512K, 10M, 10MB, 2G; SECONDS: 30, 0.5, 5m, 1h)
      --memory SIZE          for all that is buffered, the cache among it
                             (default 256M)
      --max-connections N    at the limit the longest unused connection makes
                             room; when all are in use, further ones get 503
                             (default 10000)
      --max-connections-per-client N
                             of one address, or one IPv6 network of 64 bits
                             (default four fifths of all)
      --max-requests-per-client N
                             of one address, under way at once; more are 429
                             (default 1000)
      --max-forms-per-client N
                             of one address, under way at once; more are 429
                             (default 100)
      --max-uploads-per-client N
                             unfinished resumable uploads of one address; more
                             are 429 (default 1000)
      --max-upload-bytes-per-client SIZE
                             of one address, in unfinished uploads of all kinds;
                             more is 507, or 413 for one alone (default 0: what
                             is left free bounds resumable ones)
      --max-body SIZE        of one request; more is 413 (default 0: no limit)
      --http2 HOW            on: clients that begin with HTTP/2 get it; off
                             (default on, where the build has it)
      --keep-alive SECONDS   idle between two requests (default 75)
      --header-timeout SECONDS
                             for a whole request head (default 10)
      --body-timeout SECONDS
                             without progress of a request body (default 30)
      --min-rate SIZE        bytes per second that count as progress of a body,
                             and of a client that reads (default 100)
      --write-timeout SECONDS
                             while the client reads less than --min-rate
                             (default 30)
      --shutdown-grace SECONDS
                             for requests in flight after SIGTERM (default 10)

Other
      --config-from-here     print the configuration file that means the same,
                             exit
      --explain WHO PATH     print what WHO (a user, + or *) may do at PATH, and
                             by which --grant, exit
  -t, --test                 check the options, print what would be served, exit
  -h, --help SECTION         print an overview, a section or all, exit
  -V, --version              print the version and what this build can do, exit

Exit status: 0 served and stopped; 1 could not serve; 2 wrong options.
Signals: SIGTERM and SIGINT stop (a second one at once); SIGHUP and SIGUSR1
reopen the logs; SIGHUP reads the configuration file again, and SIGUSR1 writes
the counters to the error log.
)";

}  // namespace

std::string help_text(std::string_view section) {
    if (section.empty()) return std::string(kUsage) + std::string(kOverview);
    if (section == "all") return std::string(kUsage) + "\n" + std::string(kSections);
    for (const Section& known : kSectionNames) {
        if (known.name != section) continue;
        const std::size_t begin = kSections.find(known.heading);
        return std::string(kSections.substr(begin, kSections.find("\n\n", begin) + 1 - begin));
    }
    return {};
}

std::vector<std::string> help_sections() {
    std::vector<std::string> names;
    names.reserve(kSectionNames.size() + 1);
    for (const Section& known : kSectionNames) names.emplace_back(known.name);
    names.emplace_back("all");
    return names;
}

}  // namespace app
