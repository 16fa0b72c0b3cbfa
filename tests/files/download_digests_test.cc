// Digests of what is served: wanted, made in slices, shared, kept, and never those of another version.
#include "files/download_digests.h"

#include <memory>
#include <vector>

#include "files/static_files.h"
#include "media/deflate_encoder.h"
#include "support/catch.h"
#include "support/field_lines.h"
#include "support/parsed_request.h"
#include "support/served_tree.h"

namespace {

using http::DigestAlgorithm;

struct NoDirectories final : files::DirectoryAnswers {
    handler::Decision answer_directory(base::Fd /*directory*/) override { return http::Response(); }
};

struct Site {
    explicit Site(files::CacheLimits limits = {})
        : cache(root, clock, arrivals, limits, {}), digests(wakes, cache), files(root, cache, clock, {}, &digests) {}

    handler::Decision ask(std::string_view method, std::string_view target, std::string_view lines) {
        const ParsedRequest request(method, target, lines, ++arrivals.latest);
        return files.read(request.get(), no_directories);
    }
    /// The answer, however many turns it takes; `turns` says how many it took.
    Answer get(std::string_view target, std::string_view lines, std::string_view method = "GET") {
        const http::Method known = method == "HEAD" ? http::Method::head : http::Method::get;
        turns = 0;
        auto decision = ask(method, target, lines);
        auto* const pending = std::get_if<std::unique_ptr<http::PendingResponse>>(&decision);
        if (pending == nullptr) return take_answer(std::move(decision), known);
        auto response = (*pending)->advance(kWake);
        for (; !response; response = (*pending)->advance(kWake)) turn({kWake});
        return take_answer(std::move(*response), known);
    }
    /// The wakes of one turn, which must be those expected.
    void turn(const std::vector<http::Wake>& expected) {
        std::vector<http::Wake> come;
        wakes.take(come, 0);
        CHECK(come == expected);
        ++turns;
    }

    static constexpr http::Wake kWake = 7;
    ServedTree tree;
    storage::FileRoot root = tree.open();
    FakeClock clock = settled_clock();
    base::ArrivalClock arrivals;
    files::RepresentationCache cache;
    base::WakeQueue wakes;
    files::DigestQueue digests;
    NoDirectories no_directories;
    files::StaticFiles files;
    int turns = 0;
};

std::string digest_of(std::string_view bytes, DigestAlgorithm algorithm = DigestAlgorithm::sha_256) {
    const auto digester = storage::Digester::make(algorithm);
    digester->update(std::as_bytes(std::span(bytes)));
    const std::string hash = digester->finish();
    std::string value;
    http::append_digest(value, algorithm, std::as_bytes(std::span(hash)));
    return value;
}

constexpr std::string_view kWant = "Want-Repr-Digest: sha-256=1\r\n";
constexpr std::string_view kWantCoded = "Want-Repr-Digest: sha-256=1\r\nAccept-Encoding: gzip\r\n";
/// Several slices, and a part.
constexpr std::size_t kLarge = 5 * files::kDigestSliceBytes + 1234;

bool lacks_digests() { return !storage::has_digests(); }

}  // namespace

TEST_CASE("download digests: a small file's is there at once, for GET and HEAD", "[handlers][digests]") {
    if (lacks_digests()) return;
    Site site;
    site.tree.write("a.txt", "hello");
    for (const std::string_view method : {"GET", "HEAD"}) {
        const Answer answer = site.get("/a.txt", kWant, method);
        CHECK(answer.status == 200);
        CHECK(answer.field("Repr-Digest") == digest_of("hello"));
        CHECK(answer.field("Content-Digest") == "-");
        CHECK(site.turns == 0);
    }
    CHECK(site.get("/a.txt", "Want-Repr-Digest: sha-512=3, sha-256=1\r\n").field("Repr-Digest") ==
          digest_of("hello", DigestAlgorithm::sha_512));
    site.tree.write("empty", "");
    CHECK(site.get("/empty", kWant).field("Repr-Digest") == digest_of(""));
}

TEST_CASE("download digests: nobody who does not ask gets one", "[handlers][digests]") {
    Site site;
    site.tree.write("a.txt", "hello");
    for (const std::string_view lines :
         {"", "Want-Repr-Digest: md5=9\r\n", "Want-Repr-Digest: sha-256=0\r\n", "Want-Repr-Digest: nonsense==\r\n"}) {
        const Answer answer = site.get("/a.txt", lines);
        CHECK(answer.status == 200);
        CHECK(answer.field("Repr-Digest") == "-");
        CHECK(answer.field("Content-Digest") == "-");
    }
    const std::string tag = site.get("/a.txt", "").field("ETag");
    CHECK(site.get("/a.txt", "If-None-Match: " + tag + "\r\n" + std::string(kWant)).field("Repr-Digest") == "-");
    CHECK(site.get("/none", kWant).field("Repr-Digest") == "-");
}

TEST_CASE("download digests: a large file is hashed in slices, once", "[handlers][digests]") {
    if (lacks_digests()) return;
    Site site;
    const std::string content = support::noise(kLarge);
    site.tree.write("a.bin", content);
    const Answer first = site.get("/a.bin", kWant, "HEAD");
    CHECK(first.field("Repr-Digest") == digest_of(content));
    CHECK(first.length == kLarge);
    CHECK(site.turns == 5);
    CHECK(site.get("/a.bin", kWant).field("Repr-Digest") == digest_of(content));
    CHECK(site.turns == 0);
}

TEST_CASE("download digests: a part has the digest of the whole", "[handlers][digests]") {
    if (lacks_digests()) return;
    Site site;
    const std::string content = support::noise(kLarge);
    site.tree.write("a.bin", content);
    const Answer part = site.get("/a.bin", "Range: bytes=10-19\r\n" + std::string(kWant));
    CHECK(part.status == 206);
    CHECK(part.field("Repr-Digest") == digest_of(content));
    CHECK(part.body == content.substr(10, 10));
    const Answer parts =
        site.get("/a.bin", "Range: bytes=10-19,50-59\r\nWant-Content-Digest: sha-256=1\r\n" + std::string(kWant));
    CHECK(parts.status == 206);
    CHECK(parts.field("Repr-Digest") == digest_of(content));
    CHECK(parts.field("Content-Digest") == "-");
}

TEST_CASE("download digests: Want-Content-Digest is answered where the content is the whole", "[handlers][digests]") {
    if (lacks_digests()) return;
    Site site;
    site.tree.write("a.txt", "hello");
    const std::string content = support::noise(kLarge);
    site.tree.write("a.bin", content);
    const std::string both = "Want-Content-Digest: sha-512=1\r\n" + std::string(kWant);
    CHECK(site.get("/a.txt", "Want-Content-Digest: sha-256=1\r\n").field("Content-Digest") == digest_of("hello"));
    CHECK(site.get("/a.txt", both, "HEAD").field("Content-Digest") == "-");
    const Answer answer = site.get("/a.bin", both);
    CHECK(answer.field("Repr-Digest") == digest_of(content));
    CHECK(answer.field("Content-Digest") == digest_of(content, DigestAlgorithm::sha_512));
    CHECK(answer.body == content);
}

TEST_CASE("download digests: the digest is that of the coded form that is sent", "[handlers][digests]") {
    if (lacks_digests()) return;
    Site site;
    std::string text;
    for (int i = 0; text.size() < 400'000; ++i) text += "line " + std::to_string(i * 7919) + "\n";
    site.tree.write("small.txt", text.substr(0, 3000));
    site.tree.write("large.txt", text);
    site.tree.write("sidecar.txt", "plain");
    site.tree.write("sidecar.txt.gz", "as it is");
    for (const std::string_view target : {"/small.txt", "/large.txt", "/sidecar.txt"}) {
        for (const std::string_view method : {"GET", "HEAD", "GET"}) {
            INFO(target << " " << method);
            const Answer answer = site.get(target, kWantCoded, method);
            CHECK(answer.field("Content-Encoding") == "gzip");
            const Answer plain = site.get(target, "Accept-Encoding: gzip\r\n");
            CHECK(answer.field("Repr-Digest") == digest_of(plain.body));
            CHECK(answer.length == plain.body.size());
            if (method == "GET") CHECK(answer.body == plain.body);
        }
    }
    CHECK(site.get("/large.txt", kWant).field("Repr-Digest") == digest_of(text));
}

TEST_CASE("download digests: a file that changes while it is hashed has none, and then that of its new content",
          "[handlers][digests]") {
    if (lacks_digests()) return;
    Site site;
    site.tree.write("a.bin", support::noise(kLarge));
    auto decision = site.ask("HEAD", "/a.bin", kWant);
    auto& pending = std::get<std::unique_ptr<http::PendingResponse>>(decision);
    CHECK_FALSE(pending->advance(Site::kWake));
    const std::string changed = support::noise(kLarge, 2);
    site.tree.write("a.bin", changed);
    auto response = pending->advance(Site::kWake);
    while (!response) response = pending->advance(Site::kWake);
    CHECK_FALSE(response->find("Repr-Digest"));
    CHECK_FALSE(response->find("Content-Digest"));
    site.clock = settled_clock();
    site.wakes.take(*std::make_unique<std::vector<http::Wake>>(), 0);
    CHECK(site.get("/a.bin", kWant).field("Repr-Digest") == digest_of(changed));
}

TEST_CASE("download digests: a file that was written just now has none that might be wrong", "[handlers][digests]") {
    if (lacks_digests()) return;
    Site site;
    site.tree.write("a.bin", support::noise(kLarge));
    site.clock = FakeClock(0);
    const auto mtime = site.tree.status("a.bin").st_mtim;
    site.clock.set_unix_seconds(mtime.tv_sec);
    site.clock.advance_ms(mtime.tv_nsec / 1'000'000 + 1);
    const Answer answer = site.get("/a.bin", kWant, "HEAD");
    CHECK(answer.field("ETag").starts_with("W/"));
    CHECK(answer.field("Repr-Digest") == "-");
}

TEST_CASE("download digests: many who wait share the work, one slice a turn", "[handlers][digests]") {
    if (lacks_digests()) return;
    Site site;
    const std::string content = support::noise(kLarge);
    site.tree.write("a.bin", content);
    site.tree.write("b.bin", content);
    std::vector<handler::Decision> decisions;
    for (const char* target : {"/a.bin", "/a.bin", "/b.bin", "/b.bin"}) {
        decisions.push_back(site.ask("HEAD", target, kWant));
    }
    std::vector<bool> answered(decisions.size());
    const auto advance = [&](http::Wake wake) {
        if (answered[wake]) return;
        auto& pending = std::get<std::unique_ptr<http::PendingResponse>>(decisions[wake]);
        const auto response = pending->advance(wake);
        if (!response) return;
        answered[wake] = true;
        CHECK(support::field_lines(response->fields) == "Repr-Digest: " + digest_of(content) + "\r\n");
    };
    for (http::Wake wake = 0; wake < decisions.size(); ++wake) advance(wake);
    int turns = 0;
    for (std::vector<http::Wake> wakes;; ++turns) {
        wakes.clear();
        site.wakes.take(wakes, 0);
        if (wakes.empty()) break;
        if (turns < 10) CHECK(wakes.size() == 1);
        for (const http::Wake wake : wakes) advance(wake);
    }
    CHECK(answered == std::vector<bool>(decisions.size(), true));
    CHECK(turns <= 2 * 6 + 2);
}

TEST_CASE("download digests: the work goes on when the one who did it leaves, and ends with the last",
          "[handlers][digests]") {
    if (lacks_digests()) return;
    Site site;
    const std::string content = support::noise(kLarge);
    site.tree.write("a.bin", content);
    auto one = site.ask("HEAD", "/a.bin", kWant);
    auto two = site.ask("HEAD", "/a.bin", kWant);
    const auto pending = [](handler::Decision& decision) -> http::PendingResponse& {
        return *std::get<std::unique_ptr<http::PendingResponse>>(decision);
    };
    CHECK_FALSE(pending(one).advance(1));
    CHECK_FALSE(pending(two).advance(2));
    one = http::Response();
    site.turn({1, 2});  // the first to a connection that is gone
    auto response = pending(two).advance(2);
    for (; !response; response = pending(two).advance(2)) site.turn({2});
    CHECK(support::field_lines(response->fields) == "Repr-Digest: " + digest_of(content) + "\r\n");
    two = http::Response();

    site.tree.write("b.bin", content);
    auto only = site.ask("HEAD", "/b.bin", kWant);
    CHECK_FALSE(pending(only).advance(3));
    only = http::Response();
    site.turn({3});
    site.turn({});
}

TEST_CASE("download digests: more than can be made at once are answered without", "[handlers][digests]") {
    if (lacks_digests()) return;
    Site site;
    const std::string content = support::noise(files::kDigestSliceBytes + 1);
    std::vector<handler::Decision> waiting;
    for (std::size_t i = 0; i < files::kMaxDigestJobs; ++i) {
        const std::string name = "f" + std::to_string(i);
        site.tree.write(name, content);
        waiting.push_back(site.ask("HEAD", "/" + name, kWant));
    }
    site.tree.write("more", content);
    CHECK(site.get("/more", kWant, "HEAD").field("Repr-Digest") == "-");
    waiting.clear();
    CHECK(site.get("/more", kWant, "HEAD").field("Repr-Digest") == digest_of(content));
}

TEST_CASE("download digests: those who wait for one cannot take up all connections", "[handlers][digests]") {
    if (lacks_digests()) return;
    Site site;
    const std::string content = support::noise(files::kDigestSliceBytes + 1);
    site.tree.write("large", content);
    std::vector<handler::Decision> waiting;
    for (std::size_t i = 0; i < files::kMaxDigestWaits; ++i) waiting.push_back(site.ask("HEAD", "/large", kWant));
    CHECK(site.get("/large", kWant, "HEAD").field("Repr-Digest") == "-");
    waiting.pop_back();
    CHECK(site.get("/large", kWant, "HEAD").field("Repr-Digest") == digest_of(content));
}
