// GET and HEAD of a real tree.
#include "files/static_files.h"
#include "listings/listings.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <optional>

#include "media/deflate_encoder.h"
#include "support/allocations.h"
#include "support/catch.h"
#include "support/parsed_request.h"
#include "support/rights.h"
#include "support/served_tree.h"

namespace {

std::string prose(std::size_t bytes) {
    std::string text;
    for (int i = 0; text.size() < bytes; ++i) text += "line " + std::to_string(i * 7919) + " of many\n";
    return text;
}

std::string gzipped(std::string_view text) {
    const auto coded =
        media::encode_whole(media::DeflateEncoder::Format::gzip, 6, std::as_bytes(std::span(text)), text.size() + 100);
    return {reinterpret_cast<const char*>(coded->data()), coded->size()};
}

/// Lists every directory.
struct Directories final : files::DirectoryAnswers {
    Directories(listings::Listings& all, const http::Request& asked) : listings(all), request(asked) {}
    handler::Decision answer_directory(base::Fd directory) override {
        return listings.list(request, std::move(directory), support::kAllRights);
    }
    listings::Listings& listings;
    const http::Request& request;
};

struct Site {
    explicit Site(files::StaticFilesConfig config = {}, files::CacheLimits limits = {})
        : cache(root, clock, arrivals, limits, {}), files(root, cache, clock, std::move(config)) {}

    Answer ask(std::string_view method, std::string_view target, std::string_view lines = {}) {
        const ParsedRequest request(method, target, lines, ++arrivals.latest);
        return take_answer(read(request.get()), request.get().method);
    }
    handler::Decision read(const http::Request& request) {
        Directories directories(listings, request);
        return files.read(request, directories);
    }
    Answer get(std::string_view target, std::string_view lines = {}) { return ask("GET", target, lines); }

    ServedTree tree;
    storage::FileRoot root = tree.open();
    FakeClock clock = settled_clock();
    base::ArrivalClock arrivals;
    files::RepresentationCache cache;
    base::WakeQueue wakes;
    listings::ListingShares shares{clock};
    listings::Listings listings{root, wakes, shares, {}};
    files::StaticFiles files;
};

/// While it lives this process gets no further descriptor.
class NoDescriptors {
public:
    explicit NoDescriptors(int any) {
        const int next = ::fcntl(any, F_DUPFD_CLOEXEC, 0);
        REQUIRE(next >= 0);
        REQUIRE(::close(next) == 0);
        REQUIRE(::getrlimit(RLIMIT_NOFILE, &before_) == 0);
        const rlimit none{static_cast<rlim_t>(next), before_.rlim_max};
        REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
    }
    ~NoDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }
    NoDescriptors(const NoDescriptors&) = delete;
    NoDescriptors& operator=(const NoDescriptors&) = delete;

private:
    rlimit before_{};
};

constexpr std::string_view kGzip = "Accept-Encoding: gzip\r\n";

}  // namespace

TEST_CASE("static files: a file with its fields", "[handlers][files]") {
    Site site;
    site.tree.write("a b.txt", "hello");
    const Answer answer = site.get("/a%20b.txt");
    CHECK(answer.status == 200);
    CHECK(answer.body == "hello");
    CHECK(answer.length == 5U);
    CHECK(answer.field("Content-Type") == "text/plain; charset=utf-8");
    CHECK(answer.field("X-Content-Type-Options") == "nosniff");
    CHECK(answer.field("Accept-Ranges") == "bytes");
    CHECK(answer.field("ETag").starts_with("\""));
    CHECK(answer.field("Vary") == "-");
    site.tree.write("empty.txt", "");
    CHECK(site.get("/empty.txt").status == 200);
    CHECK(site.get("/empty.txt").length == 0U);
}

TEST_CASE("static files: HEAD has the fields of GET, whatever the coding", "[handlers][files]") {
    Site site;
    site.tree.write("small.txt", prose(3'000));
    site.tree.write("large.txt", prose(300'000));
    site.tree.write("noise.txt", support::noise(3'000));
    for (const auto target : {"/small.txt", "/large.txt", "/noise.txt", "/none", "/small.txt/"}) {
        for (const auto coding :
             {"", "Accept-Encoding: gzip\r\n", "Accept-Encoding: deflate\r\n", "Accept-Encoding: identity;q=0\r\n"}) {
            // Before the coded form is there, and after.
            for (int i = 0; i < 2; ++i) {
                const Answer head = site.ask("HEAD", target, coding);
                const Answer get = site.get(target, coding);
                CHECK(head.status == get.status);
                CHECK(head.lines == get.lines);
                CHECK(head.length == get.length);
            }
        }
    }
}

TEST_CASE("static files: HEAD carries no bytes, and costs no compression", "[handlers][files]") {
    Site site;
    site.tree.write("large.txt", prose(300'000));
    const ParsedRequest plain("HEAD", "/large.txt", "", ++site.arrivals.latest);
    const auto decision = site.read(plain.get());
    CHECK(std::holds_alternative<std::monostate>(std::get<http::Response>(decision).body));
    for (int i = 0; i < 3; ++i) CHECK_FALSE(site.ask("HEAD", "/large.txt", kGzip).length.has_value());
    CHECK(site.cache.counters().coded_made == 0);
}

TEST_CASE("static files: what is not there or not for you", "[handlers][files]") {
    Site site;
    site.tree.write("a.txt", "x");
    site.tree.write("d/file", "x");
    site.tree.write(".well-known/acme", "token");
    site.tree.link("../outside.txt", "out.txt");
    site.tree.link("..", "up");
    site.tree.make_fifo("fifo");
    site.tree.make_fifo("d/fifo.html");
    for (const auto target : {"/none", "/out.txt", "/up/outside.txt", "/up/", "/up", "/a.txt/", "/a.txt/b", "/none/"}) {
        const Answer answer = site.get(target);
        CHECK(answer.status == 404);
        CHECK(answer.body.find("SECRET") == std::string::npos);
    }
    CHECK(site.get("/fifo").status == 403);
    CHECK(site.get("/d/fifo.html").status == 403);
    CHECK(site.get("/.well-known/acme").body == "token");
    CHECK(site.ask("POST", "/a.txt").status == 405);
    CHECK(site.ask("POST", "/a.txt").field("Allow") == "GET, HEAD");
}

TEST_CASE("static files: what cannot be opened for want of descriptors is 503, and the log hears why",
          "[handlers][files]") {
    Site site;
    site.tree.write("a.txt", "x");
    site.tree.link(site.root.name() + "/a.txt", "link.txt");
    for (const auto target : {"/a.txt", "/link.txt", "/"}) {
        const ParsedRequest request("GET", target, "", ++site.arrivals.latest);
        std::optional<handler::Decision> decision;
        {
            const NoDescriptors none(site.root.descriptor());
            decision.emplace(site.read(request.get()));
        }
        const auto& response = std::get<http::Response>(*decision);
        CHECK(response.status == http::Status::service_unavailable);
        CHECK(response.find("Retry-After") == "1");
        CHECK(response.reason.find("ulimit -n") != std::string_view::npos);
    }
    CHECK(site.get("/link.txt").status == 200);
}

TEST_CASE("static files: a directory gets its slash, and keeps the query", "[handlers][files]") {
    Site site;
    site.tree.make_directory("a b");
    site.tree.make_directory("evil.com");
    const Answer answer = site.get("/a%20b?q=1&r");
    CHECK(answer.status == 301);
    CHECK(answer.field("Location") == "/a%20b/?q=1&r");
    CHECK(site.get("//evil.com").field("Location") == "/evil.com/");
    CHECK(site.get("/a%20b?").field("Location") == "/a%20b/?");
}

TEST_CASE("static files: a directory is its index, or a listing, or refused", "[handlers][files]") {
    Site site({.index_name = "start.html"});
    site.tree.write("d/start.html", "index");
    site.tree.write("e/a.txt", "x");
    CHECK(site.get("/d/").body == "index");
    CHECK(site.get("/d/").field("Content-Type") == "text/html; charset=utf-8");
    const Answer listing = site.get("/e/");
    CHECK(listing.status == 200);
    CHECK(listing.length == listing.body.size());
    CHECK(listing.body.find("\"a.txt\"") != std::string::npos);
    site.tree.write("e/start.html", "new");
    CHECK(site.get("/e/").body == "new");

    CHECK(site.get("/none/").status == 404);
}

TEST_CASE("static files: one range, out of memory and out of a file", "[handlers][files][range]") {
    for (const std::size_t small : {std::size_t{1000}, std::size_t{0}}) {
        Site site({}, {.small_file_bytes = small});
        site.tree.write("f11.txt", "0123456789a");
        const Answer part = site.get("/f11.txt", "Range: bytes=2-5\r\n");
        CHECK(part.status == 206);
        CHECK(part.body == "2345");
        CHECK(part.field("Content-Range") == "bytes 2-5/11");
        CHECK(part.field("ETag") == site.get("/f11.txt").field("ETag"));
        const Answer none = site.get("/f11.txt", "Range: bytes=11-\r\n");
        CHECK(none.status == 416);
        CHECK(none.field("Content-Range") == "bytes */11");
        CHECK(site.get("/f11.txt", "Range: items=0-1\r\n").status == 200);
        const Answer head = site.ask("HEAD", "/f11.txt", "Range: bytes=2-5\r\n");
        CHECK(head.status == 200);
        CHECK(head.length == 11U);
    }
}

TEST_CASE("static files: several ranges come as parts, each with its Content-Range", "[handlers][files][range]") {
    for (const std::size_t small : {std::size_t{1000}, std::size_t{0}}) {
        Site site({}, {.small_file_bytes = small});
        site.tree.write("f11.txt", "0123456789a");
        const Answer answer = site.get("/f11.txt", "Range: bytes=0-1,5-6,-1\r\n");
        REQUIRE(answer.status == 206);
        CHECK(answer.field("Content-Range") == "-");
        const std::string type = answer.field("Content-Type");
        REQUIRE(type.starts_with("multipart/byteranges; boundary="));
        const std::string boundary = type.substr(type.find('=') + 1);
        for (const auto part :
             {"bytes 0-1/11\r\n\r\n01\r\n", "bytes 5-6/11\r\n\r\n56\r\n", "bytes 10-10/11\r\n\r\na\r\n"}) {
            CHECK(answer.body.find(part) != std::string::npos);
        }
        CHECK(answer.body.find("Content-Type: text/plain; charset=utf-8\r\n") != std::string::npos);
        CHECK(answer.body.ends_with("\r\n--" + boundary + "--\r\n"));
        CHECK(answer.length == answer.body.size());
        CHECK(site.get("/f11.txt", "Range: bytes=0-1,5-6\r\n").field("Content-Type") != type);
    }
}

TEST_CASE("static files: If-Range decides about Range", "[handlers][files][range]") {
    Site site;
    site.tree.write("f11.txt", "0123456789a");
    site.tree.set_mtime("f11.txt", 784'111'777);
    const std::string tag = site.get("/f11.txt").field("ETag");
    const std::string range = "Range: bytes=0-0\r\nIf-Range: ";
    CHECK(site.get("/f11.txt", range + tag + "\r\n").status == 206);
    CHECK(site.get("/f11.txt", range + "\"other\"\r\n").status == 200);
    CHECK(site.get("/f11.txt", range + "W/" + tag + "\r\n").status == 200);
    // The file's time was set: another one may have had it before.
    CHECK(site.get("/f11.txt", range + "Sun, 06 Nov 1994 08:49:37 GMT\r\n").status == 200);
    site.tree.write("new.txt", "0123456789a");
    const std::string date = site.get("/new.txt").field("Last-Modified");
    CHECK(site.get("/new.txt", range + date + "\r\n").status == 206);
    CHECK(site.get("/f11.txt", range + "Sun, 06 Nov 1994 08:49:38 GMT\r\n").status == 200);
}

TEST_CASE("static files: conditions", "[handlers][files][conditional]") {
    Site site;
    site.tree.write("a.html", prose(1000));
    site.tree.set_mtime("a.html", 784'111'777);
    const std::string tag = site.get("/a.html").field("ETag");
    const Answer same = site.get("/a.html", "If-None-Match: " + tag + "\r\n");
    CHECK(same.status == 304);
    CHECK(same.body.empty());
    CHECK(same.lines ==
          "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\nETag: " + tag + "\r\nVary: Accept-Encoding\r\n");
    CHECK(site.get("/a.html", "If-None-Match: \"other\"\r\n").status == 200);
    CHECK(site.get("/a.html", "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n").status == 304);
    CHECK(site.get("/a.html", "If-Match: \"other\"\r\n").status == 412);
    CHECK(site.get("/a.html", "If-Match: " + tag + "\r\n").status == 200);
    CHECK(site.get("/none", "If-Match: *\r\n").status == 404);
    // The tag of another coding is another version.
    const std::string coded = site.get("/a.html", kGzip).field("ETag");
    CHECK(coded != tag);
    CHECK(site.get("/a.html", std::string(kGzip) + "If-None-Match: " + coded + "\r\n").status == 304);
    CHECK(site.get("/a.html", std::string(kGzip) + "If-None-Match: " + tag + "\r\n").status == 200);
    // A condition comes before the range.
    CHECK(site.get("/a.html", "Range: bytes=0-0\r\nIf-None-Match: " + tag + "\r\n").status == 304);
}

TEST_CASE("static files: codings", "[handlers][files][coding]") {
    Site site;
    const std::string text = prose(5'000);
    site.tree.write("a.html", text);
    const Answer plain = site.get("/a.html");
    CHECK(plain.field("Vary") == "Accept-Encoding");
    CHECK(plain.body == text);
    const Answer coded = site.get("/a.html", kGzip);
    CHECK(coded.field("Content-Encoding") == "gzip");
    CHECK(coded.field("Vary") == "Accept-Encoding");
    CHECK(coded.body == gzipped(text));
    CHECK(coded.length == coded.body.size());
    CHECK(site.get("/a.html", "Accept-Encoding: gzip;q=0.2, deflate;q=0.9\r\n").field("Content-Encoding") == "deflate");
    CHECK(site.get("/a.html", "Accept-Encoding: gzip;q=0\r\n").field("Content-Encoding") == "-");
    CHECK(site.get("/a.html", "Accept-Encoding: br\r\n").field("Content-Encoding") == "-");
    const Answer refused = site.get("/a.html", "Accept-Encoding: identity;q=0\r\n");
    CHECK(refused.status == 406);
    CHECK(refused.field("Vary") == "Accept-Encoding");
    const Answer part = site.get("/a.html", std::string(kGzip) + "Range: bytes=0-3\r\n");
    CHECK(part.status == 206);
    CHECK(part.body == "line");
    CHECK(part.field("Content-Encoding") == "-");
    CHECK(part.field("Vary") == "Accept-Encoding");
    site.tree.write("a.html.br", "BR");
    CHECK(site.get("/a.html", "Accept-Encoding: gzip, br\r\n").body == "BR");
}

TEST_CASE("static files: the first coded answer of a large file streams, later ones have a length",
          "[handlers][files][coding]") {
    Site site;
    const std::string text = prose(300'000);
    site.tree.write("a.txt", text);
    const Answer first = site.get("/a.txt", kGzip);
    const Answer second = site.get("/a.txt", kGzip);
    CHECK_FALSE(first.length.has_value());
    CHECK(second.length == gzipped(text).size());
    CHECK(first.body == gzipped(text));
    CHECK(second.body == first.body);
    CHECK(second.lines == first.lines);
    site.tree.replace("a.txt", "short");
    CHECK(site.get("/a.txt", kGzip).body == "short");
}

TEST_CASE("static files: a hit on a small file allocates nothing", "[handlers][files][allocation]") {
    Site site;
    site.tree.write("index.html", prose(2'000));
    for (const auto target : {"/index.html", "/"}) {
        for (const auto lines : {"", "Accept-Encoding: gzip, deflate, br\r\n"}) {
            site.get(target, lines);
            const ParsedRequest request("GET", target, lines, ++site.arrivals.latest);
            const std::size_t before = allocations();
            {
                const auto decision = site.read(request.get());
                CHECK(allocations() == before);
                CHECK(std::get<http::Response>(decision).status == http::Status::ok);
            }
        }
    }
}

TEST_CASE("static files: of a directory that goes nothing is held, so that its space is free", "[content]") {
    Site site;
    site.tree.make_directory("d");
    site.tree.write("d/a.txt", "a");
    site.tree.write("da.txt", "b");
    CHECK(site.get("/d/a.txt").status == 200);
    CHECK(site.get("/da.txt").status == 200);
    REQUIRE(site.cache.counters().entries == 2);
    site.cache.path_changed("/d/");
    CHECK(site.cache.counters().entries == 1);
}
