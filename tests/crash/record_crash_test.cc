// The promise of records under the hardest stop there is: clients append, replace and remove records while the server
// is killed with SIGKILL at random moments. After every restart the file has only whole lines, each record is one
// version that was sent, and whatever was answered 2xx is there (or gone, for a removal).
//   record_crash_test [KILLS [SEED]]      60 kills by default
#include <atomic>
#include <cstdio>
#include <deque>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "crash/lives.h"
#include "support/raw_client.h"
#include "support/server_process.h"
#include "support/temp_dir.h"

namespace {

constexpr unsigned kWriters = 4;
constexpr unsigned kRecordsPerWriter = 8;
constexpr const char* kPath = "/database.txt";

/// 0 is: no record.
using Version = unsigned;

/// The fields of a version as they stand in its line: they say whose they are, and no cut or mix of two passes for one.
std::string fields_of(const std::string& owner, Version version) {
    constexpr std::size_t sizes[] = {1, 10, 100, 900, 5000, 16'000};
    std::string fields = "owner=" + owner + "&version=" + std::to_string(version) + "&fill=";
    std::minstd_rand letters(version);
    for (std::size_t left = sizes[version % std::size(sizes)]; left > 0; --left) {
        fields.push_back(static_cast<char>('a' + letters() % 26));
    }
    return fields;
}

/// What a record may be: the last answered state, and the one that was asked for when the server died.
struct Entry {
    std::string owner;  ///< of the model; half of the entries have it as id as well
    bool numbered = false;
    std::string id;  ///< empty while it is not known
    Version answered = 0;
    std::optional<Version> asked;
};

class Writer {
public:
    Writer(unsigned number, unsigned seed) : random_(seed) {
        for (unsigned i = 0; i < kRecordsPerWriter; ++i) {
            const std::string owner = "w" + std::to_string(number) + "-" + std::to_string(i);
            entries_.push_back({.owner = owner, .numbered = i % 2 == 1, .id = i % 2 == 1 ? "" : owner});
        }
    }

    /// Changes records until the server is gone.
    void run(std::uint16_t port) {
        crash::work(port, [this](support::RawClient& client) { return step(client); });
    }

    std::vector<Entry>& entries() { return entries_; }
    [[nodiscard]] const std::string& fault() const { return fault_; }
    [[nodiscard]] unsigned answers() const { return answers_; }

private:
    bool step(support::RawClient& client) {
        Entry& entry = entries_[random_() % entries_.size()];
        const bool appends = entry.answered == 0;
        const bool removes = !appends && random_() % 3 == 0;
        entry.asked = removes ? 0 : ++last_version_;
        const std::string type = "Content-Type: application/x-www-form-urlencoded";
        const std::string own = std::string(kPath) + "/" + entry.id;
        std::string bytes;
        if (removes) {
            bytes = support::request("DELETE", own);
        } else if (appends) {
            const std::string id = entry.numbered ? "" : "id=" + entry.id + "&";
            bytes = support::request("POST", kPath, {type}, id + fields_of(entry.owner, *entry.asked));
        } else {
            bytes = support::request("PUT", own, {type}, fields_of(entry.owner, *entry.asked));
        }
        if (!client.send(bytes)) return false;
        const auto answer = client.read_response(false, 20'000);
        if (!answer) return false;
        return settle(entry, *answer, appends ? 201 : 204);
    }

    bool settle(Entry& entry, const support::ClientResponse& answer, int expected) {
        if (answer.status != expected) {
            fault_ = entry.owner + ": status " + std::to_string(answer.status) + " instead of " +
                     std::to_string(expected) + ": " + answer.body;
            return false;
        }
        if (expected == 201) {
            const std::string location = answer.value("Location");
            entry.id = location.substr(location.rfind('/') + 1);
        }
        entry.answered = *std::exchange(entry.asked, std::nullopt);
        ++answers_;
        return true;
    }

    std::minstd_rand random_;
    std::vector<Entry> entries_;
    Version last_version_ = 0;
    unsigned answers_ = 0;
    std::string fault_;
};

class RecordCrashTest {
public:
    explicit RecordCrashTest(unsigned seed) : random_(seed) {
        for (unsigned i = 0; i < kWriters; ++i) writers_.emplace_back(i, seed + i);
    }

    /// True when every restart found what was promised.
    bool run(int kills) {
        const auto live = [this] { crash::one_life(root_, writers_, random_, 120); };
        if (!crash::survives(kills, live, [this] { return check(); })) return false;
        unsigned answers = 0;
        for (const Writer& writer : writers_) answers += writer.answers();
        std::printf("%d kills, %u answered changes, %u found done though not answered: all as promised\n", kills,
                    answers, done_unanswered_);
        return answers > 0;
    }

private:
    /// Empty, or what is wrong. First the file as it was left, then what a new server makes of it.
    std::string check() {
        std::map<std::string, std::string> lines;  // by owner
        if (const std::string fault = read_lines(lines); !fault.empty()) return fault;
        const support::ServerProcess server({.directory = root_.path()});
        for (Writer& writer : writers_) {
            if (!writer.fault().empty()) return writer.fault();
            for (Entry& entry : writer.entries()) {
                const auto line = lines.find(entry.owner);
                const std::string found = line == lines.end() ? "" : line->second;
                if (line != lines.end()) lines.erase(line);
                if (const std::string fault = check_entry(entry, found, server.port()); !fault.empty()) return fault;
            }
        }
        if (!lines.empty()) return "nobody sent the record of " + lines.begin()->first;
        for (const std::string& name : root_.list()) {
            if (name.starts_with('.')) return "a leftover: " + name;
        }
        return "";
    }

    /// A comment, which an append becomes that was killed between two pages of the file.
    static bool is_unfinished(std::string_view line) { return line.starts_with("#d="); }

    std::string read_lines(std::map<std::string, std::string>& lines) const {
        if (!root_.has("database.txt")) return "";
        const std::string text = root_.read("database.txt");
        const std::string last = text.substr(text.rfind('\n') + 1);
        if (!last.empty() && !is_unfinished(last)) return "the last line is torn: " + last;
        for (std::size_t begin = 0; begin < text.size();) {
            const std::size_t end = text.find('\n', begin);
            const std::string line = text.substr(begin, end - begin);
            begin = end == std::string::npos ? text.size() : end + 1;
            if (is_unfinished(line)) continue;
            const std::size_t owner = line.find("&owner=");
            if (!line.starts_with("id=") || owner == std::string::npos) return "a line that nobody sent: " + line;
            const std::size_t name = owner + 7;
            if (!lines.emplace(line.substr(name, line.find('&', name) - name), line).second) {
                return "two lines for one record: " + line;
            }
        }
        return "";
    }

    /// `line` is empty when there is none.
    std::string check_entry(Entry& entry, const std::string& line, std::uint16_t port) {
        std::optional<Version> found;
        for (const std::optional<Version>& version : {std::optional(entry.answered), entry.asked}) {
            if (version && is_version(entry, *version, line)) found = version;
        }
        if (!found) {
            return entry.owner + " is neither version " + std::to_string(entry.answered) + " nor " +
                   (entry.asked ? std::to_string(*entry.asked) : "another") + ": " + line;
        }
        if (*found != entry.answered) ++done_unanswered_;
        if (*found != 0) entry.id = line.substr(3, line.find('&') - 3);
        entry.answered = *found;
        entry.asked.reset();
        // A number may have gone to another record meanwhile.
        if (*found == 0 && entry.numbered) return "";
        const auto answer = support::fetch(port, "GET", std::string(kPath) + "/" + entry.id);
        const bool served = *found == 0 ? answer.status == 404 : answer.status == 200 && answer.body == line + "\n";
        return served ? "" : entry.owner + " is served otherwise than it is on disk";
    }

    [[nodiscard]] static bool is_version(const Entry& entry, Version version, const std::string& line) {
        if (version == 0 || line.empty()) return version == 0 && line.empty();
        const std::size_t id_end = line.find('&');
        const bool own_id = entry.numbered || line.substr(3, id_end - 3) == entry.id;
        return own_id && line.substr(id_end + 1) == fields_of(entry.owner, version);
    }

    support::TempDir root_;
    std::minstd_rand random_;
    std::deque<Writer> writers_;
    unsigned done_unanswered_ = 0;
};

}  // namespace

int main(int argc, char** argv) { return crash::run<RecordCrashTest>(argc, argv, 60); }
