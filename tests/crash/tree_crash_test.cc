// The promise of moves, copies and removals of full folders under SIGKILL, also in the place of others: after every
// restart each folder is there as a whole or not at all, whatever was answered 2xx is done, everything else is done or
// undone, and nothing is left over.
//   tree_crash_test [KILLS [SEED]]      40 kills by default
#include <array>
#include <cstdio>
#include <deque>
#include <filesystem>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "crash/lives.h"
#include "support/raw_client.h"
#include "support/server_process.h"
#include "support/temp_dir.h"

namespace {

constexpr unsigned kWorkers = 3;
constexpr unsigned kSlots = 4;
constexpr unsigned kFiles = 20;
constexpr unsigned kFileNumber = 2 * kFiles;

std::string file_name(unsigned number) {
    return "d" + std::to_string(number % 5) + "/e" + std::to_string(number % 3) + "/f" + std::to_string(number);
}

std::string content_of(unsigned number) { return support::noise(number * 997 % 50'000, number); }

/// What stands at each name of a worker: nothing, a copy of one of the two templates, or of a file.
enum class There : unsigned char { nothing, folder, other_folder, file };
using Slots = std::array<There, kSlots>;

/// Where each comes from.
std::string source_of(There what) {
    if (what == There::file) return "/file";
    return what == There::folder ? "/template/" : "/other/";
}

class Worker {
public:
    Worker(unsigned number, unsigned seed) : number_(number), random_(seed) {}

    /// Works until the server is gone.
    void run(std::uint16_t port) {
        crash::work(port, [this](support::RawClient& client) { return step(client); });
    }

    [[nodiscard]] std::string name(unsigned slot) const {
        return "w" + std::to_string(number_) + "-" + std::to_string(slot);
    }
    [[nodiscard]] const std::string& fault() const { return fault_; }
    [[nodiscard]] unsigned answers() const { return answers_; }
    /// False when `found` is neither what was answered nor what was asked for when the server died.
    bool take(const Slots& found) {
        const bool is_known = found == answered_ || found == asked_;
        answered_ = found;
        asked_.reset();
        return is_known;
    }

private:
    bool step(support::RawClient& client) {
        const unsigned slot = random_() % kSlots;
        const unsigned other = random_() % kSlots;
        Slots wanted = answered_;
        std::string bytes;
        int expected = 204;
        const There here = answered_[slot];
        const std::string path = "/" + name(slot) + (here == There::file ? "" : "/");
        if (here == There::nothing || random_() % 3 == 0) {
            // In the place of what is there, whatever it is.
            wanted[slot] = static_cast<There>(1 + random_() % 3);
            bytes = support::request("COPY", source_of(wanted[slot]), {"Destination: /" + name(slot), "Overwrite: T"});
            if (here == There::nothing) expected = 201;
        } else if (other != slot && (answered_[other] == There::nothing || random_() % 2 == 0)) {
            bytes = support::request("MOVE", path, {"Destination: /" + name(other), "Overwrite: T"});
            wanted[slot] = There::nothing;
            wanted[other] = here;
            if (answered_[other] == There::nothing) expected = 201;
        } else {
            bytes = support::request("DELETE", path, {"Depth: infinity"});
            wanted[slot] = There::nothing;
        }
        asked_ = wanted;
        if (!client.send(bytes)) return false;
        const auto answer = client.read_response(false, 20'000);
        if (!answer) return false;
        if (answer->status != expected) {
            fault_ =
                name(slot) + ": status " + std::to_string(answer->status) + " instead of " + std::to_string(expected);
            return false;
        }
        answered_ = *std::exchange(asked_, std::nullopt);
        ++answers_;
        return true;
    }

    unsigned number_;
    std::minstd_rand random_;
    Slots answered_{};
    std::optional<Slots> asked_;
    unsigned answers_ = 0;
    std::string fault_;
};

class CrashTest {
public:
    explicit CrashTest(unsigned seed) : random_(seed) {
        for (unsigned i = 0; i < kWorkers; ++i) workers_.emplace_back(i, seed + i);
        for (unsigned i = 0; i < kFiles; ++i) {
            root_.write("template/" + file_name(i), content_of(i));
            root_.write("other/" + file_name(i), content_of(i + kFiles));
        }
        root_.write("file", content_of(kFileNumber));
    }

    /// True when every restart found what was promised.
    bool run(int kills) {
        const auto live = [this] { crash::one_life(root_, workers_, random_, 500); };
        if (!crash::survives(kills, live, [this] { return check(); })) return false;
        unsigned answers = 0;
        for (const Worker& worker : workers_) answers += worker.answers();
        std::printf("%d kills, %u answered changes of full folders: all as promised\n", kills, answers);
        return answers > 0;
    }

private:
    /// Empty, or what is wrong. What can be seen is whole before a new server tidies up, and as somebody asked for
    /// afterwards: the last step of a move in the place of something may be missing till then.
    std::string check() {
        for (Worker& worker : workers_) {
            if (!worker.fault().empty()) return worker.fault();
            if (!look(worker)) return worker.name(0) + " or one of its kind is not whole";
        }
        const support::ServerProcess server({.directory = root_.path()});
        if (!support::eventually([this] { return !has_leftover(); })) return "something is left over";
        for (Worker& worker : workers_) {
            const auto found = look(worker);
            if (!found || !worker.take(*found)) return worker.name(0) + " and its kind are as nobody asked for";
        }
        return {};
    }

    /// nullopt: something is not whole.
    [[nodiscard]] std::optional<Slots> look(const Worker& worker) const {
        Slots found{};
        for (unsigned slot = 0; slot < kSlots; ++slot) {
            const auto what = identify(worker.name(slot));
            if (!what) return std::nullopt;
            found[slot] = *what;
        }
        return found;
    }

    /// nullopt: it is not as any of them.
    [[nodiscard]] std::optional<There> identify(const std::string& name) const {
        if (!root_.has(name)) return There::nothing;
        if (std::filesystem::is_regular_file(root_.at(name))) {
            return root_.read(name) == content_of(kFileNumber) ? std::optional(There::file) : std::nullopt;
        }
        if (is_whole(name, 0)) return There::folder;
        return is_whole(name, kFiles) ? std::optional(There::other_folder) : std::nullopt;
    }

    [[nodiscard]] bool is_whole(const std::string& folder, unsigned first) const {
        for (unsigned i = 0; i < kFiles; ++i) {
            const std::string file = folder + "/" + file_name(i);
            if (!root_.has(file) || root_.read(file) != content_of(i + first)) return false;
        }
        return true;
    }

    [[nodiscard]] bool has_leftover() const {
        for (const auto& entry : std::filesystem::directory_iterator(root_.path())) {
            if (entry.path().filename().string().starts_with(".godwit-")) return true;
        }
        return false;
    }

    support::TempDir root_;
    std::minstd_rand random_;
    std::deque<Worker> workers_;
};

}  // namespace

int main(int argc, char** argv) { return crash::run<CrashTest>(argc, argv, 40); }
