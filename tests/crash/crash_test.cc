// The promise of uploads under the hardest stop there is: clients upload, replace and delete while the server is killed
// with SIGKILL at random moments. After every restart each file is one complete version, whatever was answered 2xx is
// there (or gone, for a delete), and nothing half-written is visible or left over.
//   crash_test [KILLS [SEED]]      100 kills by default
#include <signal.h>

#include <atomic>
#include <cstdio>
#include <deque>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "crash/lives.h"
#include "support/raw_client.h"
#include "support/server_process.h"
#include "support/temp_dir.h"

namespace {

constexpr unsigned kWriters = 3;
constexpr unsigned kFilesPerWriter = 6;

std::string name_of(unsigned writer, unsigned file) {
    const std::string leaf = "w" + std::to_string(writer) + "-" + std::to_string(file);
    return file % 3 == 0 ? leaf : "dir" + std::to_string(file % 3) + "/deep/" + leaf;
}

/// The whole content of a version: it says what it is, and no cut or mix of two passes for one.
std::string content_of(const std::string& name, unsigned version) {
    constexpr std::size_t sizes[] = {0, 1, 100, 4096, 20'000, 65'537, 300'000};
    const std::string head = name + " version " + std::to_string(version) + "\n";
    return head + support::noise(sizes[version % 7], version);
}

/// 0 is: no file.
using Version = unsigned;

/// What a file may hold: the last answered state, and the one that was asked for when the server died.
struct File {
    std::string name;
    Version answered = 0;
    std::optional<Version> asked;
};

class Writer {
public:
    Writer(unsigned number, unsigned seed) : random_(seed) {
        for (unsigned i = 0; i < kFilesPerWriter; ++i) files_.push_back({name_of(number, i), 0, std::nullopt});
    }

    /// Writes until the server is gone.
    void run(std::uint16_t port) {
        crash::work(port, [this](support::RawClient& client) { return step(client); });
    }

    std::vector<File>& files() { return files_; }
    [[nodiscard]] const std::string& fault() const { return fault_; }
    [[nodiscard]] unsigned answers() const { return answers_; }

private:
    bool step(support::RawClient& client) {
        File& file = files_[random_() % files_.size()];
        const bool removes = random_() % 4 == 0;
        file.asked = removes ? 0 : ++last_version_;
        const std::string target = "/" + file.name;
        std::string bytes;
        if (removes) {
            bytes = support::request("DELETE", target);
        } else if (random_() % 2 == 0) {
            bytes = support::request("PUT", target, {}, content_of(file.name, *file.asked));
        } else {
            bytes = support::request("PUT", target, {"Transfer-Encoding: chunked"}) +
                    support::chunked(content_of(file.name, *file.asked), 10'000);
        }
        if (!client.send(bytes)) return false;
        const auto answer = client.read_response(false, 20'000);
        if (!answer) return false;
        return settle(file, answer->status, removes);
    }

    bool settle(File& file, int status, bool removes) {
        const bool there = file.answered != 0;
        const int expected = removes ? (there ? 204 : 404) : (there ? 204 : 201);
        if (status != expected) {
            fault_ = file.name + ": status " + std::to_string(status) + " instead of " + std::to_string(expected);
            return false;
        }
        file.answered = *std::exchange(file.asked, std::nullopt);
        ++answers_;
        return true;
    }

    std::minstd_rand random_;
    std::vector<File> files_;
    Version last_version_ = 0;
    unsigned answers_ = 0;
    std::string fault_;
};

class CrashTest {
public:
    explicit CrashTest(unsigned seed) : random_(seed) {
        for (unsigned i = 0; i < kWriters; ++i) writers_.emplace_back(i, seed + i);
    }

    /// True when every restart found what was promised.
    bool run(int kills) {
        const auto live = [this] { crash::one_life(root_, writers_, random_, 40); };
        if (!crash::survives(kills, live, [this] { return check(); })) return false;
        unsigned answers = 0;
        for (const Writer& writer : writers_) answers += writer.answers();
        std::printf("%d kills, %u answered writes, %u found done though not answered: all as promised\n", kills,
                    answers, done_unanswered_);
        return answers > 0;
    }

private:
    /// Empty, or what is wrong. A new server sees what was left.
    std::string check() {
        const support::ServerProcess server({.directory = root_.path()});
        std::size_t known = 0;
        for (Writer& writer : writers_) {
            if (!writer.fault().empty()) return writer.fault();
            for (File& file : writer.files()) {
                if (const std::string fault = check_file(file, server.port()); !fault.empty()) return fault;
                known += file.answered != 0 ? 1U : 0U;
            }
        }
        return check_litter(known);
    }

    std::string check_file(File& file, std::uint16_t port) {
        const Version found = find_version(file);
        if (found == kNeither) {
            return file.name + " is neither version " + std::to_string(file.answered) + " nor " +
                   (file.asked ? std::to_string(*file.asked) : "another");
        }
        if (found != file.answered) ++done_unanswered_;
        file.answered = found;
        file.asked.reset();
        const auto answer = support::fetch(port, "GET", "/" + file.name);
        const bool served =
            found == 0 ? answer.status == 404 : answer.status == 200 && answer.body == content_of(file.name, found);
        return served ? "" : file.name + " is served otherwise than it is on disk";
    }

    [[nodiscard]] Version find_version(const File& file) const {
        const bool there = root_.has(file.name);
        const std::string content = there ? root_.read(file.name) : "";
        for (const std::optional<Version>& version : {std::optional(file.answered), file.asked}) {
            if (!version) continue;
            if (*version == 0 ? !there : there && content == content_of(file.name, *version)) return *version;
        }
        return kNeither;
    }

    [[nodiscard]] std::string check_litter(std::size_t known) const {
        std::size_t files = 0;
        for (const std::string& name : root_.list()) {
            if (name.starts_with('.') || name.find("/.") != std::string::npos) return "a leftover: " + name;
            const std::size_t slash = name.rfind('/');
            files += name[slash == std::string::npos ? 0 : slash + 1] == 'w' ? 1U : 0U;
        }
        return files == known ? "" : "there are " + std::to_string(files) + " files, not " + std::to_string(known);
    }

    static constexpr Version kNeither = ~0U;

    support::TempDir root_;
    std::minstd_rand random_;
    std::deque<Writer> writers_;
    unsigned done_unanswered_ = 0;
};

}  // namespace

int main(int argc, char** argv) { return crash::run<CrashTest>(argc, argv, 100); }
