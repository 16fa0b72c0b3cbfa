// Never stale, never mixed: files are rewritten while they are served, and every answer is one version, whole, and not
// older than the request: the whole, a part, the gzip form. $GODWIT_REWRITE_REQUESTS sets how many requests each race
// makes (2,000 by default; of large files a tenth).
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <thread>

#include "e2e/site.h"

using e2e::Site;
using support::RawClient;

namespace {

/// Lines of the versions: small files are sent from memory, large ones (above 128 KiB) from the disk.
enum class Size : unsigned { small = 50, large = 5'600 };
constexpr std::size_t kLineBytes = 23;

/// A content that says which version it is in every line: no mix of two passes for one.
std::string version_text(unsigned version, Size size = Size::small) {
    std::string text;
    const unsigned lines = static_cast<unsigned>(size) * (1 + version * 37 % 9);
    char line[40];
    for (unsigned i = 0; i < lines; ++i) {
        std::snprintf(line, sizeof line, "%08u %06u %06u\n", version, i, lines);
        text += line;
    }
    return text;
}

/// The version, or nothing when `text`, whose first line is whole, is not the bytes of one version from `offset` on.
std::optional<unsigned> version_of(const std::string& text, Size size, std::size_t offset = 0) {
    if (text.size() < 8) return std::nullopt;
    const auto version = static_cast<unsigned>(std::strtoul(text.substr(0, 8).c_str(), nullptr, 10));
    const std::string whole = version_text(version, size);
    if (offset > whole.size() || (offset == 0 && whole.size() != text.size())) return std::nullopt;
    if (whole.compare(offset, text.size(), text) != 0) return std::nullopt;
    return version;
}

/// The content of a gzip body; empty when it is none, or not whole.
std::string unpack(const std::string& coded) {
    std::string text(2 * 1024 * 1024, '\0');  // more than the largest version
    z_stream stream{};
    if (inflateInit2(&stream, 15 + 16) != Z_OK) return {};
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(coded.data()));
    stream.avail_in = static_cast<uInt>(coded.size());
    stream.next_out = reinterpret_cast<Bytef*>(text.data());
    stream.avail_out = static_cast<uInt>(text.size());
    const bool is_whole = inflate(&stream, Z_FINISH) == Z_STREAM_END && stream.avail_in == 0;
    text.resize(is_whole ? stream.total_out : 0);
    inflateEnd(&stream);
    return text;
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
    Rewriter(std::string name, Way way, Size size)
        : name_(std::move(name)), way_(way), size_(size), thread_([this] { run(); }) {}
    ~Rewriter() {
        stop_ = true;
        thread_.join();
    }

    /// The last version whose writing is complete.
    [[nodiscard]] unsigned completed() const { return completed_; }

private:
    void run() {
        for (unsigned version = 2; !stop_; ++version) {
            write_version(version_text(version, size_));
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
    Size size_;
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

/// What is asked for: the whole, its gzip form, a part.
enum class Ask : unsigned { whole, coded, part };
constexpr std::size_t kPartBegin = 20 * kLineBytes;
constexpr std::size_t kPartEnd = 49 * kLineBytes;

std::vector<std::string> fields_for(Ask ask) {
    switch (ask) {
        case Ask::whole: return {};
        case Ask::coded: return {"Accept-Encoding: gzip"};
        case Ask::part: return {"Range: bytes=" + std::to_string(kPartBegin) + "-" + std::to_string(kPartEnd - 1)};
    }
    return {};
}

/// One answer, judged. While a writer works in place the file itself is at moments no whole version; then the answer
/// must still be one state of the file, which its tag names: the same strong tag never stands for other bytes.
class Judge {
public:
    Judge(Way way, Size size) : way_(way), size_(size) {}

    void look(const support::ClientResponse& answer, unsigned completed_before) {
        if (answer.status != 200 && answer.status != 206) {
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
            const std::size_t hash = std::hash<std::string>()(answer.body);
            const auto [known, added] = bytes_of_tag_.emplace(tag + std::to_string(answer.status), hash);
            if (!added && known->second != hash) note(tally_.tag_conflicts, answer);
        }
        const std::optional<unsigned> version = find_version(answer);
        if (version) {
            ++tally_.whole;
            if (*version < completed_before) note(tally_.stale, answer);
        } else if (way_ == Way::rename) {
            note(tally_.mixed, answer);
        } else {
            ++tally_.between;
        }
    }

    /// The one version that the bytes, and of a part the stated length of the whole, are of.
    [[nodiscard]] std::optional<unsigned> find_version(const support::ClientResponse& answer) const {
        if (answer.status == 200) {
            return version_of(answer.has("Content-Encoding") ? unpack(answer.body) : answer.body, size_);
        }
        const auto version = version_of(answer.body, size_, kPartBegin);
        const std::string range = answer.value("Content-Range");
        if (!version || answer.body.size() != kPartEnd - kPartBegin) return std::nullopt;
        const std::string length = std::to_string(version_text(*version, size_).size());
        return range.ends_with("/" + length) ? version : std::nullopt;
    }

    void note(int& count, const support::ClientResponse& answer) {
        if (++count == 1) tally_.example = answer.head_text() + answer.body.substr(0, 60) + "...";
    }

    Way way_;
    Size size_;
    Tally tally_;
    std::map<std::string, std::size_t> bytes_of_tag_;
};

int race_requests() {
    const char* given = std::getenv("GODWIT_REWRITE_REQUESTS");
    return given != nullptr ? std::atoi(given) : 2000;
}

void race(Way way, Size size = Size::small) {
    Site site;
    const std::string name = site.files.at("changing.txt");
    site.files.write("changing.txt", version_text(1, size));
    Judge judge(way, size);
    {
        const Rewriter rewriter(name, way, size);
        std::vector<RawClient> clients;
        for (int i = 0; i < 4; ++i) clients.push_back(site.connect());
        const int requests = size == Size::small ? race_requests() : race_requests() / 10;
        for (int i = 0; i < requests; ++i) {
            RawClient& client = clients[static_cast<std::size_t>(i) % clients.size()];
            const unsigned before = rewriter.completed();
            client.send(support::request("GET", "/changing.txt", fields_for(static_cast<Ask>(i % 3))));
            const auto answer = client.read_response(false, 20'000);
            // Cut off before its head had left: no answer is an honest one too, as long as it does not take for ever.
            INFO("after request " << i << ": " << client.received());
            REQUIRE((answer || client.last_end() != support::ReadEnd::timeout));
            judge.look(answer.value_or(support::ClientResponse{.status = 200}), before);
            if (!answer || !answer->whole || answer->value("Connection") == "close") client = site.connect();
        }
    }
    const Tally& tally = judge.tally();
    INFO(tally.whole << " whole, " << tally.between << " between versions, " << tally.incomplete << " incomplete, "
                     << tally.refused << " refused; the first fault: " << tally.example);
    if (std::getenv("GODWIT_REWRITE_REQUESTS") != nullptr) {
        std::printf("%d whole, %d between versions, %d incomplete, %d refused, %d stale, %d mixed, %d tag conflicts\n",
                    tally.whole, tally.between, tally.incomplete, tally.refused, tally.stale, tally.mixed,
                    tally.tag_conflicts);
    }
    CHECK(tally.stale == 0);
    CHECK(tally.mixed == 0);
    CHECK(tally.tag_conflicts == 0);
    CHECK(tally.whole + tally.between > 0);
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
TEST_CASE("freshness: large files replaced, rewritten and truncated while they are served", "[e2e][freshness][race]") {
    for (const Way way : {Way::rename, Way::in_place, Way::truncate_first}) race(way, Size::large);
}
