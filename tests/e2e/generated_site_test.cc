// A site as a generator makes it, followed link by link: with clean URLs, as a single-page application, and as it is.
#include <deque>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "support/catch.h"
#include "support/raw_client.h"
#include "support/server_process.h"

namespace {

constexpr std::string_view kOwnHost = "https://notes.example";

/// Far more than the site has: links that breed would never end.
constexpr std::size_t kMostTargets = 500;

/// A page or file that was fetched, and where a redirect led.
struct Visit {
    support::ClientResponse response;
    std::string path;  ///< of the answer, after a redirect
    int redirects = 0;
};

/// What stands between `before` and one of `ends`, everywhere in `text`.
void collect(std::set<std::string>& links, std::string_view text, std::string_view before, std::string_view ends) {
    for (std::size_t at = text.find(before); at != std::string_view::npos; at = text.find(before, at + 1)) {
        const std::size_t begin = at + before.size();
        const std::size_t end = text.find_first_of(ends, begin);
        if (end != std::string_view::npos) links.emplace(text.substr(begin, end - begin));
    }
}

std::set<std::string> links_of(const support::ClientResponse& response) {
    std::set<std::string> links;
    const std::string type = response.value("Content-Type");
    if (type.starts_with("text/html")) {
        for (const std::string_view name : {" href=\"", " src=\"", " srcset=\"", " action=\""}) {
            collect(links, response.body, name, "\" ");
        }
        collect(links, response.body, " 1x, ", " \"");
    } else if (type.starts_with("text/css")) {
        collect(links, response.body, "url(", ")");
        collect(links, response.body, "sourceMappingURL=", " ");
    } else if (type.starts_with("text/javascript")) {
        collect(links, response.body, " from \"", "\"");
    } else if (type.find("xml") != std::string::npos && !type.starts_with("image/")) {
        collect(links, response.body, "<loc>", "<");
        collect(links, response.body, "<link>", "<");
        collect(links, response.body, "<link href=\"", "\"");
    } else if (type.find("json") != std::string::npos) {
        collect(links, response.body, "\"url\":\"", "\"");
        collect(links, response.body, "\"src\":\"", "\"");
    }
    return links;
}

/// RFC 3986 §5.2.4, for the paths of this site.
std::string without_dot_segments(std::string path) {
    for (std::size_t at = path.find("/./"); at != std::string::npos; at = path.find("/./")) path.erase(at, 2);
    for (std::size_t at = path.find("/../"); at != std::string::npos; at = path.find("/../")) {
        const std::size_t parent = at == 0 ? 0 : path.rfind('/', at - 1);
        path.erase(parent, at + 3 - parent);
    }
    if (path.ends_with("/.")) path.pop_back();
    return path;
}

/// The path and query that a browser would ask for; empty for links that lead away.
std::string resolve(const std::string& base, std::string link) {
    std::erase(link, '"');  // of url("…")
    if (link.starts_with(kOwnHost)) link.erase(0, kOwnHost.size());
    if (const std::size_t hash = link.find('#'); hash != std::string::npos) link.erase(hash);
    if (link.empty() || link.find(':') != std::string::npos) return {};
    if (link.starts_with('/')) return link;
    const std::string path = base.substr(0, base.find('?'));
    return without_dot_segments(path.substr(0, path.rfind('/') + 1) + link);
}

class Crawl {
public:
    explicit Crawl(const std::vector<std::string>& options)
        : server_(support::ServerSettings{.directory = GENERATED_SITE, .options = options}) {
        add("/", "the start");
        add("/404.html", "the start");
        add("/robots.txt", "the start");
        while (!waiting_.empty() && seen_.size() < kMostTargets) {
            const std::string next = waiting_.front();
            waiting_.pop_front();
            follow(next);
        }
    }

    /// As a script or a style of a page is asked for.
    [[nodiscard]] support::ClientResponse part(const std::string& target) const {
        return support::fetch(server_.port(), "GET", target, {"Accept: */*", "Sec-Fetch-Dest: script"});
    }
    [[nodiscard]] Visit visit(const std::string& target) const {
        Visit visit{.response = get(target), .path = target};
        while (visit.response.status == 301 && visit.redirects < 3) {
            visit.path = visit.response.value("Location");
            visit.response = get(visit.path);
            ++visit.redirects;
        }
        return visit;
    }
    [[nodiscard]] const std::map<std::string, int>& redirects() const { return redirects_; }
    [[nodiscard]] std::size_t visited() const { return seen_.size(); }
    [[nodiscard]] bool saw(const std::string& target) const { return seen_.contains(target); }

private:
    [[nodiscard]] support::ClientResponse get(const std::string& target) const {
        return support::fetch(server_.port(), "GET", target,
                              {"Accept: text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Encoding: identity"});
    }

    void add(const std::string& target, const std::string& from) {
        if (!target.empty() && seen_.emplace(target, from).second) waiting_.push_back(target);
    }

    void follow(const std::string& target) {
        const Visit found = visit(target);
        INFO(target << ", linked from " << seen_[target] << ": " << found.response.status);
        CHECK(found.response.status == 200);
        CHECK(found.redirects <= 1);
        redirects_[target] = found.redirects;
        const std::string type = found.response.value("Content-Type");
        if (target.ends_with(".css")) CHECK(type == "text/css; charset=utf-8");
        if (target.ends_with(".js")) CHECK(type == "text/javascript; charset=utf-8");
        if (target.ends_with(".svg")) CHECK(type == "image/svg+xml");
        CHECK(found.response.value("X-Content-Type-Options") == "nosniff");
        for (const std::string& link : links_of(found.response)) add(resolve(found.path, link), target);
    }

    support::ServerProcess server_;
    std::map<std::string, std::string> seen_;  ///< what was linked, and from where first
    std::map<std::string, int> redirects_;
    std::deque<std::string> waiting_;
};

/// All kinds of links were found: a crawl that sees nothing finds nothing wrong.
void check_reach(const Crawl& crawl) {
    CHECK(crawl.visited() >= 40);
    CHECK(crawl.visited() < kMostTargets);
    for (const char* target :
         {"/assets/main.5f2c91a0.css", "/assets/print.88e0d1aa.css", "/assets/main.5f2c91a0.css.map",
          "/assets/chunk.d34db33f.js", "/guide/counting-birds", "/tags/caf%C3%A9", "/index.xml", "/atom.xml",
          "/sitemap.xml", "/search-index.json", "/favicon.svg", "/guide/counting-birds.html?from=start"}) {
        CAPTURE(target);
        CHECK(crawl.saw(target));
    }
}

}  // namespace

TEST_CASE("generated site: every link leads somewhere with clean URLs", "[e2e][site]") {
    const Crawl crawl({"--clean-urls", "--error-page", "404=/404.html"});
    check_reach(crawl);
    CHECK(crawl.redirects().at("/about.html") == 1);
    CHECK(crawl.redirects().at("/about") == 0);
    CHECK(crawl.redirects().at("/posts") == 1);
    CHECK(crawl.visit("/guide/counting-birds.html?from=start").path == "/guide/counting-birds?from=start");
    CHECK(crawl.visit("/tags/caf%C3%A9").response.body.find("open early") != std::string::npos);
    const Visit lost = crawl.visit("/posts/2024/never");
    CHECK(lost.response.status == 404);
    CHECK(lost.response.body.find("Start again") != std::string::npos);
    CHECK(crawl.visit("/assets/main.old.js").response.status == 404);
}

TEST_CASE("generated site: every link leads somewhere with --spa", "[e2e][site]") {
    const Crawl crawl({"--spa"});
    check_reach(crawl);
    CHECK(crawl.redirects().at("/about.html") == 0);
    const Visit route = crawl.visit("/settings/profile");
    CHECK(route.response.status == 200);
    CHECK(route.response.body.find("<h1>Field notes</h1>") != std::string::npos);
    CHECK(crawl.part("/assets/main.old.js").status == 404);
}
