// What is particular to the queue with processes: when it begins, and what becomes of work whose process dies. What all
// queues promise is in disk_queue_test.cc.
#include "storage/process_disk_queue.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <string>
#include <vector>

#include "support/catch.h"
#include "support/child_processes.h"
#include "support/write_site.h"

namespace {

using Kind = storage::NamingCall::Kind;

base::SharedFd open_directory(const support::TempDir& directory) {
    return base::share(base::Fd(::open(directory.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)));
}

/// A started queue, and its processes.
struct Site {
    Site() {
        const std::vector<pid_t> before = support::children_of(::getpid());
        queue->start(storage::ProcessCalls::all,
                     [this](std::string_view, const std::string& sentence) { said.push_back(sentence); });
        for (const pid_t child : support::children_of(::getpid())) {
            if (std::ranges::find(before, child) == before.end()) processes.push_back(child);
        }
    }
    void signal_all(int number) const {
        for (const pid_t process : processes) REQUIRE(::kill(process, number) == 0);
    }
    /// Until the queue has noticed that so many died.
    void await_ends(std::size_t wanted) const {
        while (queue->processes_died() < wanted) {
            std::vector<pollfd> watched;
            for (const int descriptor : queue->descriptors()) watched.push_back({descriptor, POLLIN, 0});
            REQUIRE(::poll(watched.data(), watched.size(), 10'000) >= 1);
            queue->reap();
        }
    }
    std::vector<http::Wake> collect(std::size_t wanted) {
        std::vector<http::Wake> wakes;
        while (wakes.size() < wanted) {
            support::wait_for(*queue);
            support::reap(*queue, wakes);
        }
        return wakes;
    }

    support::TempDir directory;
    base::SharedFd opened = open_directory(directory);
    base::WakeQueue woken;
    std::vector<std::string> said;
    std::unique_ptr<storage::DiskQueue> queue = storage::make_process_disk_queue(woken);
    std::vector<pid_t> processes;
};

}  // namespace

TEST_CASE("process disk queue: what is asked for before the start waits for it", "[storage][disk]") {
    const support::TempDir directory;
    base::WakeQueue woken;
    const auto queue = storage::make_process_disk_queue(woken);
    REQUIRE(queue != nullptr);
    CHECK(queue->kind() == "processes");
    CHECK(queue->descriptors().size() == storage::kMostDiskProcesses);
    const storage::SyncTicket sync = queue->sync_all(open_directory(directory), 4);
    queue->submit();
    queue->reap();
    CHECK_FALSE(sync->done);
    CHECK(queue->depth() == 1);
    support::start(*queue);
    std::vector<http::Wake> wakes;
    while (wakes.empty()) {
        support::wait_for(*queue);
        support::reap(*queue, wakes);
    }
    CHECK(wakes == std::vector<http::Wake>{4});
    CHECK(sync->error == 0);
    CHECK(queue->depth() == 0);
}

TEST_CASE("process disk queue: what its processes had begun when they died failed, and is not done again",
          "[storage][disk]") {
    Site site;
    REQUIRE(site.processes.size() == storage::kMostDiskProcesses);
    site.directory.write("a", "x");
    site.directory.write(".godwit-1", "x");
    site.signal_all(SIGSTOP);
    const storage::SyncTicket sync = site.queue->sync_all(site.opened, 1);
    const auto naming = std::make_shared<storage::NamingOperation>();
    naming->calls = {{Kind::rename, site.opened->get(), "a", site.opened->get(), "b", 0}};
    naming->directories = naming->held = {site.opened};
    REQUIRE(site.queue->name_later(naming, 2));
    site.queue->remove_later(site.opened, ".godwit-1");
    site.queue->submit();
    CHECK_FALSE(sync->done);
    site.signal_all(SIGKILL);
    auto wakes = site.collect(2);
    std::ranges::sort(wakes);
    CHECK(wakes == std::vector<http::Wake>{1, 2});
    CHECK(sync->error == EIO);
    CHECK(naming->done);
    CHECK(naming->error == storage::kUnknown);
    CHECK_FALSE(naming->is_named());
    site.await_ends(storage::kMostDiskProcesses);
    // Nobody waits for removals, and one more does no harm.
    CHECK(site.directory.list() == std::vector<std::string>{"a"});
    CHECK_FALSE(site.said.empty());
    CHECK(site.said.back().find("it was the last one") != std::string::npos);
    CHECK(site.queue->descriptors().empty());
}

TEST_CASE("process disk queue: without processes the calls are made by the server", "[storage][disk]") {
    Site site;
    site.signal_all(SIGKILL);
    site.await_ends(storage::kMostDiskProcesses);
    CHECK(site.queue->kind() == "synchronous");
    site.directory.write(".godwit-1", "x");
    const storage::SyncTicket sync = site.queue->sync_all(site.opened, 1);
    site.queue->remove_later(site.opened, ".godwit-1");
    const auto naming = std::make_shared<storage::NamingOperation>();
    CHECK_FALSE(site.queue->name_later(naming, 2));
    site.queue->submit();
    CHECK(sync->done);
    CHECK(sync->error == 0);
    CHECK(site.directory.list().empty());
    CHECK(site.collect(1) == std::vector<http::Wake>{1});
}

TEST_CASE("process disk queue: one that is left does all the work", "[storage][disk]") {
    Site site;
    for (std::size_t i = 1; i < site.processes.size(); ++i) REQUIRE(::kill(site.processes[i], SIGKILL) == 0);
    site.await_ends(storage::kMostDiskProcesses - 1);
    CHECK(site.queue->descriptors().size() == 1);
    constexpr std::size_t kCount = 20;
    std::vector<storage::SyncTicket> syncs;
    for (std::size_t i = 0; i < kCount; ++i) syncs.push_back(site.queue->sync_all(site.opened, i));
    site.queue->submit();
    CHECK_FALSE(syncs.back()->done);
    CHECK(site.collect(kCount).size() == kCount);
    for (const storage::SyncTicket& sync : syncs) CHECK(sync->error == 0);
    CHECK(site.queue->processes_died() == storage::kMostDiskProcesses - 1);
}

TEST_CASE("process disk queue: its processes end with it", "[storage][disk]") {
    Site site;
    const std::vector<pid_t> processes = site.processes;
    site.queue.reset();
    for (const pid_t process : processes) {
        int status = -1;
        REQUIRE(::waitpid(process, &status, 0) == process);
        CHECK(status == 0);
    }
}
