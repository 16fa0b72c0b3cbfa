// Never stale, never mixed: files are rewritten while they are served, and every answer is one version, whole, and not
// older than the request. $GODWIT_REWRITE_REQUESTS sets how many requests the race makes (2,000 by default).
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <thread>

#include "e2e/site.h"

using e2e::Site;
using support::RawClient;

namespace {

/// A content that says which version it is in every line: no mix of two passes for one.
std::string version_text(unsigned version) {
    std::string text;
    const unsigned lines = 50 + version * 37 % 400;
    char line[40];
    for (unsigned i = 0; i < lines; ++i) {
        std::snprintf(line, sizeof line, "%08u %06u %06u\n", version, i, lines);
        text += line;
    }
    return text;
}

/// The version, or nothing when `text` is not one whole version.
std::optional<unsigned> version_of(const std::string& text) {
    if (text.size() < 8) return std::nullopt;
    const auto version = static_cast<unsigned>(std::strtoul(text.substr(0, 8).c_str(), nullptr, 10));
    if (version_text(version) != text) return std::nullopt;
    return version;
}

void write_all(int file, const std::string& text) {
    std::size_t done = 0;
    while (done < text.size()) {
        const ssize_t wrote = ::write(file, text.data() + done, text.size() - done);
        if (wrote <= 0) std::abort();
        done += static_cast<std::size_t>(wrote);
    }
}

enum class Way { rename, in_place, truncate_first };

/// Writes versions as fast as it can until told to stop.
class Rewriter {
public:
    Rewriter(std::string name, Way way) : name_(std::move(name)), way_(way), thread_([this] { run(); }) {}
    ~Rewriter() {
        stop_ = true;
        thread_.join();
    }

    /// The last version whose writing is complete.
    [[nodiscard]] unsigned completed() const { return completed_; }

private:
    void run() {
        for (unsigned version = 2; !stop_; ++version) {
            write_version(version_text(version));
            completed_ = version;
            if (version % 16 == 0) support::pause_ms(1);
        }
    }

    void write_version(const std::string& text) const {
        const std::string target = way_ == Way::rename ? name_ + ".next" : name_;
        const int flags = O_WRONLY | O_CREAT | O_CLOEXEC | (way_ == Way::in_place ? 0 : O_TRUNC);
        const int file = ::open(target.c_str(), flags, 0644);
        write_all(file, text);
        if (way_ == Way::in_place && ::ftruncate(file, static_cast<off_t>(text.size())) != 0) std::abort();
        ::close(file);
        if (way_ == Way::rename) std::rename(target.c_str(), name_.c_str());
    }

    std::string name_;
    Way way_;
    std::atomic<unsigned> completed_{1};
    std::atomic<bool> stop_{false};
    std::thread thread_;
};

struct Tally {
    int whole = 0;
    int incomplete = 0;
    int refused = 0;
    int stale = 0;
    int mixed = 0;
    int between = 0;
    int tag_conflicts = 0;
    std::string example;
};

/// One answer, judged. While a writer works in place the file itself is at moments no whole version; then the answer
/// must still be one state of the file, which its tag names: the same strong tag never stands for other bytes.
class Judge {
public:
    explicit Judge(Way way) : way_(way) {}

    void look(const support::ClientResponse& answer, unsigned completed_before) {
        if (answer.status != 200) {
            ++tally_.refused;
        } else if (!answer.whole) {
            ++tally_.incomplete;
        } else {
            look_at_bytes(answer, completed_before);
        }
    }
    [[nodiscard]] const Tally& tally() const { return tally_; }

private:
    void look_at_bytes(const support::ClientResponse& answer, unsigned completed_before) {
        const std::string tag = answer.value("ETag");
        if (!tag.starts_with("W/")) {
            const auto [known, added] = bytes_of_tag_.emplace(tag, answer.body);
            if (!added && known->second != answer.body) note(tally_.tag_conflicts, answer);
        }
        const auto version = version_of(answer.body);
        if (version) {
            ++tally_.whole;
            if (*version < completed_before) note(tally_.stale, answer);
        } else if (way_ == Way::rename) {
            note(tally_.mixed, answer);
        } else {
            ++tally_.between;
        }
    }

    void note(int& count, const support::ClientResponse& answer) {
        if (++count == 1) tally_.example = answer.head_text() + answer.body.substr(0, 60) + "...";
    }

    Way way_;
    Tally tally_;
    std::map<std::string, std::string> bytes_of_tag_;
};

int race_requests() {
    const char* given = std::getenv("GODWIT_REWRITE_REQUESTS");
    return given != nullptr ? std::atoi(given) : 2000;
}

void race(Way way) {
    Site site;
    const std::string name = site.files.at("changing.txt");
    site.files.write("changing.txt", version_text(1));
    Judge judge(way);
    {
        const Rewriter rewriter(name, way);
        std::vector<RawClient> clients;
        for (int i = 0; i < 4; ++i) clients.push_back(site.connect());
        const int requests = race_requests();
        for (int i = 0; i < requests; ++i) {
            RawClient& client = clients[static_cast<std::size_t>(i) % clients.size()];
            const unsigned before = rewriter.completed();
            client.send(support::request("GET", "/changing.txt"));
            const auto answer = client.read_response(false, 10'000);
            REQUIRE(answer);
            judge.look(*answer, before);
            if (!answer->whole || answer->value("Connection") == "close") client = site.connect();
        }
    }
    const Tally& tally = judge.tally();
    INFO(tally.whole << " whole, " << tally.between << " between versions, " << tally.incomplete << " incomplete, "
                     << tally.refused << " refused; the first fault: " << tally.example);
    CHECK(tally.stale == 0);
    CHECK(tally.mixed == 0);
    CHECK(tally.tag_conflicts == 0);
    CHECK(tally.whole > 0);
    // When the writing is over, so is every doubt.
    const auto last = site.fetch("GET", "/changing.txt");
    CHECK(last.body == site.files.read("changing.txt"));
    CHECK(site.server.stop() == 0);
}

}  // namespace

TEST_CASE("freshness: a file rewritten between two requests is never stale", "[e2e][freshness]") {
    Site site;
    auto client = site.connect();
    std::string last_tag;
    for (unsigned i = 0; i < 300; ++i) {
        const std::string text = "version " + std::to_string(i % 10) + "\n";  // always the same length
        if (i % 2 == 0) {
            site.files.write("changing.txt", text);
        } else {
            site.files.write("next", text);
            REQUIRE(std::rename(site.files.at("next").c_str(), site.files.at("changing.txt").c_str()) == 0);
        }
        client.send(support::request(
            "GET", "/changing.txt",
            last_tag.empty() ? std::vector<std::string>{} : std::vector{"If-None-Match: " + last_tag}));
        const auto answer = client.read_response();
        REQUIRE(answer);
        REQUIRE(answer->status == 200);
        REQUIRE(answer->body == text);
        last_tag = answer->value("ETag");
        if (last_tag.starts_with("W/")) last_tag.clear();
    }
}

TEST_CASE("freshness: a compressed form follows its file", "[e2e][freshness]") {
    Site site;
    std::string last;
    for (unsigned i = 0; i < 20; ++i) {
        site.files.write("page.txt", version_text(i));
        const auto answer = site.fetch("GET", "/page.txt", {"Accept-Encoding: gzip"});
        CHECK(answer.status == 200);
        CHECK(answer.body != last);
        last = answer.body;
        CHECK(site.fetch("GET", "/page.txt").body == version_text(i));
    }
}

TEST_CASE("freshness: a deleted and a new file are seen at once", "[e2e][freshness]") {
    Site site;
    for (int i = 0; i < 20; ++i) {
        site.files.write("comes", "here\n");
        CHECK(site.fetch("GET", "/comes").status == 200);
        std::remove(site.files.at("comes").c_str());
        CHECK(site.fetch("GET", "/comes").status == 404);
    }
}

TEST_CASE("freshness: a file that shrinks while it is sent gives an incomplete answer", "[e2e][freshness]") {
    Site site;
    RawClient client(site.server.port(), "127.0.0.1", 8192);
    site.files.write("shrinks.bin", support::noise(8'000'000));
    client.send(support::request("GET", "/shrinks.bin"));
    REQUIRE(client.receive(3000) == support::ReadEnd::bytes);
    REQUIRE(::truncate(site.files.at("shrinks.bin").c_str(), 100) == 0);
    const auto answer = client.read_response(false, 10'000);
    REQUIRE(answer);
    CHECK(!answer->whole);
    CHECK(site.fetch("GET", "/shrinks.bin").body.size() == 100);
}

TEST_CASE("freshness: files replaced by rename while they are served", "[e2e][freshness][race]") { race(Way::rename); }
TEST_CASE("freshness: files rewritten in place while they are served", "[e2e][freshness][race]") {
    race(Way::in_place);
}
TEST_CASE("freshness: files truncated and rewritten while they are served", "[e2e][freshness][race]") {
    race(Way::truncate_first);
}
