// All disk queues against real files.
#include "storage/disk_queue.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <string>

#include "base/fd.h"
#include "storage/process_disk_queue.h"
#include "support/aborting.h"
#include "support/catch.h"
#include "support/write_site.h"

namespace {

base::Fd make_file(const support::TempDir& directory, const std::string& name) {
    directory.write(name, "some bytes");
    return base::Fd(::open(directory.at(name).c_str(), O_RDWR | O_CLOEXEC));
}

base::SharedFd open_directory(const support::TempDir& directory) {
    return base::share(base::Fd(::open(directory.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)));
}

using Make = std::unique_ptr<storage::DiskQueue> (*)(base::WakeQueue&);

/// A queue that has begun its work.
std::unique_ptr<storage::DiskQueue> started(Make make, base::WakeQueue& woken) {
    auto queue = make(woken);
    REQUIRE(queue != nullptr);
    support::start(*queue);
    return queue;
}

/// Those that work in the background: the ring, where this build and kernel have it, and processes.
std::vector<Make> background_queues() {
    base::WakeQueue woken;
    std::vector<Make> all{storage::make_process_disk_queue};
    if (storage::make_disk_queue(woken)->kind() == "io_uring") {
        all.push_back(storage::make_disk_queue);
    } else {
        WARN("no io_uring in this build or on this kernel: skipped");
    }
    return all;
}
std::vector<Make> all_queues() {
    std::vector<Make> all = background_queues();
    all.push_back(storage::make_synchronous_disk_queue);
    return all;
}

std::size_t collect(storage::DiskQueue& queue, std::vector<http::Wake>& wakes, std::size_t wanted) {
    while (wakes.size() < wanted) {
        support::wait_for(queue);
        support::reap(queue, wakes);
    }
    return wakes.size();
}

}  // namespace

TEST_CASE("disk queue: synchronously, an operation is done when the call returns", "[content][disk]") {
    const support::TempDir directory;
    const auto file = base::share(make_file(directory, "a"));
    base::WakeQueue woken;
    const auto queue = storage::make_synchronous_disk_queue(woken);
    CHECK(queue->kind() == "synchronous");
    const storage::SyncTicket good = queue->sync_data(file, 1);
    CHECK(good->done);
    CHECK(good->error == 0);
    const storage::SyncTicket bad = queue->sync_all(base::share(base::Fd()), 1);
    CHECK(bad->done);
    CHECK(bad->error == EBADF);
    std::vector<http::Wake> wakes;
    support::reap(*queue, wakes);
    CHECK(wakes.empty());
    CHECK_FALSE(queue->name_later(std::make_shared<storage::NamingOperation>(), 1));
}

TEST_CASE("disk queue: in the background an operation is finished behind our back and brings the wake",
          "[content][disk]") {
    for (const Make make : background_queues()) {
        base::WakeQueue woken;
        const auto queue = started(make, woken);
        const support::TempDir directory;
        const auto file = base::share(make_file(directory, "a"));
        const storage::SyncTicket data = queue->sync_data(file, 41);
        CHECK_FALSE(data->done);
        std::vector<http::Wake> wakes;
        REQUIRE(collect(*queue, wakes, 1) == 1);
        CHECK(wakes[0] == 41);
        CHECK(data->done);
        CHECK(data->error == 0);

        const storage::SyncTicket names = queue->sync_all(open_directory(directory), 42);
        wakes.clear();
        REQUIRE(collect(*queue, wakes, 1) == 1);
        CHECK(wakes[0] == 42);
        CHECK(names->error == 0);
    }
}

TEST_CASE("disk queue: a file that is closed in the background is closed", "[content][disk]") {
    const support::TempDir directory;
    for (const Make make : all_queues()) {
        base::WakeQueue woken;
        const auto queue = started(make, woken);
        base::Fd file = make_file(directory, "a");
        const int number = file.get();
        queue->close_later(std::move(file));
        queue->submit();
        std::vector<http::Wake> wakes;
        const auto is_closed = [&] { return ::fcntl(number, F_GETFD) < 0; };
        for (int i = 0; i < 1000 && !is_closed(); ++i) ::usleep(1000);
        CHECK(is_closed());
        support::reap(*queue, wakes);
        CHECK(wakes.empty());
        queue->close_later(base::Fd());
        queue->submit();
    }
    // What is left at the end is closed there.
    base::WakeQueue woken;
    auto queue = storage::make_disk_queue(woken);
    base::Fd file = make_file(directory, "b");
    const int number = file.get();
    queue->close_later(std::move(file));
    queue.reset();
    CHECK(::fcntl(number, F_GETFD) < 0);
}

namespace {

/// Only names of the server's own are removed without being held.
std::string own_name(int number) { return ".godwit-" + std::to_string(number); }

}  // namespace

TEST_CASE("disk queue: names that are removed in the background are gone, also those that are left at the end",
          "[content][disk]") {
    const support::TempDir directory;
    const auto opened =
        std::make_shared<const base::Fd>(::open(directory.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    constexpr int kCount = 300;  // more than the ring holds
    for (const Make make : all_queues()) {
        base::WakeQueue woken;
        auto queue = started(make, woken);
        for (int i = 0; i < kCount; ++i) {
            directory.write(own_name(i), "x");
            queue->remove_later(opened, own_name(i));
        }
        queue->remove_later(opened, own_name(kCount));
        queue->submit();
        std::vector<http::Wake> wakes;
        for (int i = 0; i < 10'000 && !directory.list().empty(); ++i) {
            ::usleep(1000);
            support::reap(*queue, wakes);
            queue->submit();
        }
        CHECK(directory.list().empty());
        CHECK(wakes.empty());

        for (int i = 0; i < kCount; ++i) {
            directory.write(own_name(i), "x");
            queue->remove_later(opened, own_name(i));
        }
        queue->submit();
        queue.reset();
        CHECK(directory.list().empty());
    }
    CHECK(opened.use_count() == 1);
}

TEST_CASE("disk queue: of names that go only those of files with content are held", "[content][disk]") {
    const support::TempDir directory;
    directory.write("empty", "");
    directory.write("file", "x");
    REQUIRE(::symlink("file", directory.at("link").c_str()) == 0);
    const base::Fd opened(::open(directory.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    CHECK(storage::hold_content(opened.get(), "file"));
    CHECK_FALSE(storage::hold_content(opened.get(), "empty"));
    CHECK_FALSE(storage::hold_content(opened.get(), "link"));
    CHECK_FALSE(storage::hold_content(opened.get(), "none"));
}

TEST_CASE("disk queue: reports the errno of what failed", "[content][disk]") {
    for (const Make make : all_queues()) {
        base::WakeQueue woken;
        const auto queue = started(make, woken);
        const storage::SyncTicket bad = queue->sync_data(base::share(base::Fd()), 5);
        std::vector<http::Wake> wakes;
        if (!bad->done) collect(*queue, wakes, 1);
        CHECK(bad->done);
        CHECK(bad->error == EBADF);
    }
}

TEST_CASE("disk queue: more operations than the ring holds all come back once", "[content][disk]") {
    for (const Make make : background_queues()) {
        base::WakeQueue woken;
        const auto queue = started(make, woken);
        const support::TempDir directory;
        const auto file = base::share(make_file(directory, "a"));
        constexpr std::size_t kCount = 700;
        std::vector<storage::SyncTicket> operations;
        for (std::size_t i = 0; i < kCount; ++i) operations.push_back(queue->sync_data(file, i));
        std::vector<http::Wake> wakes;
        REQUIRE(collect(*queue, wakes, kCount) == kCount);
        std::sort(wakes.begin(), wakes.end());
        for (std::size_t i = 0; i < kCount; ++i) {
            CHECK(wakes[i] == i);
            CHECK(operations[i]->done);
            CHECK(operations[i]->error == 0);
        }
    }
}

TEST_CASE("disk queue: a file gets its name in the background, one call after the other", "[content][disk]") {
    for (const Make make : background_queues()) {
        using Kind = storage::NamingCall::Kind;
        base::WakeQueue woken;
        const auto queue = started(make, woken);
        const support::TempDir directory;
        const base::SharedFd opened = open_directory(directory);
        const int at = opened->get();
        constexpr std::size_t kCount = 200;  // with three steps each, more than the ring holds
        std::vector<std::shared_ptr<storage::NamingOperation>> namings;
        for (std::size_t i = 0; i < kCount; ++i) {
            const std::string name = std::to_string(i);
            directory.write(name, name);
            namings.push_back(std::make_shared<storage::NamingOperation>());
            namings[i]->calls = {{Kind::link, at, name, at, name + "-linked", 0},
                                 {Kind::rename, at, name + "-linked", at, name + "-named", 0}};
            namings[i]->directories = {opened};
            REQUIRE(queue->name_later(namings[i], i));
        }
        std::vector<http::Wake> wakes;
        REQUIRE(collect(*queue, wakes, kCount) == kCount);
        for (std::size_t i = 0; i < kCount; ++i) {
            CHECK(namings[i]->done);
            CHECK(namings[i]->error == 0);
            CHECK(namings[i]->is_named());
            CHECK(directory.read(std::to_string(i) + "-named") == std::to_string(i));
            CHECK_FALSE(directory.has(std::to_string(i) + "-linked"));
        }
    }
}

TEST_CASE("disk queue: a file whose link fails is not named", "[content][disk]") {
    for (const Make make : background_queues()) {
        using Kind = storage::NamingCall::Kind;
        base::WakeQueue woken;
        const auto queue = started(make, woken);
        const support::TempDir directory;
        directory.write("a", "x");
        directory.write("b", "y");
        const base::SharedFd opened = open_directory(directory);
        const int at = opened->get();
        const auto naming = std::make_shared<storage::NamingOperation>();
        naming->calls = {{Kind::link, at, "none", at, "linked", 0}, {Kind::rename, at, "linked", at, "c", 0}};
        naming->directories = {opened};
        REQUIRE(queue->name_later(naming, 9));
        std::vector<http::Wake> wakes;
        REQUIRE(collect(*queue, wakes, 1) == 1);
        CHECK(naming->error == ENOENT);
        CHECK(naming->calls_made.empty());
        CHECK_FALSE(naming->is_named());
        CHECK(directory.list() == std::vector<std::string>{"a", "b"});
        // Too many for one submission: the caller's own work.
        naming->directories.assign(20, opened);
        CHECK_FALSE(queue->name_later(naming, 9));
    }
}

TEST_CASE("disk queue: an operation goes on to its end when nobody waits for it any more", "[content][disk]") {
    for (const Make make : background_queues()) {
        using Kind = storage::NamingCall::Kind;
        base::WakeQueue woken;
        const auto queue = started(make, woken);
        const support::TempDir directory;
        constexpr std::size_t kCount = 50;
        std::vector<std::weak_ptr<const base::Fd>> files;
        for (std::size_t i = 0; i < kCount; ++i) {
            const std::string name = std::to_string(i);
            auto file = base::share(make_file(directory, name));
            files.emplace_back(file);
            CHECK(queue->sync_data(std::move(file), i) != nullptr);
            const auto naming = std::make_shared<storage::NamingOperation>();
            const auto opened = open_directory(directory);
            naming->calls = {{Kind::rename, opened->get(), name, opened->get(), name + "-named", 0}};
            naming->held = naming->directories = {opened};
            REQUIRE(queue->name_later(naming, kCount + i));
        }
        // Every owner is gone; descriptors and names are the operations' own.
        CHECK_FALSE(files.front().expired());
        std::vector<http::Wake> wakes;
        REQUIRE(collect(*queue, wakes, 2 * kCount) == 2 * kCount);
        for (std::size_t i = 0; i < kCount; ++i) {
            CHECK(directory.has(std::to_string(i) + "-named"));
            CHECK(files[i].expired());
        }
    }
}

TEST_CASE("disk queue: parts of files are read in the background, however many are asked for", "[content][disk]") {
    for (const Make make : background_queues()) {
        base::WakeQueue woken;
        auto queue = started(make, woken);
        const support::TempDir directory;
        directory.write("a", std::string(100'000, 'x'));
        const auto file = std::make_shared<base::Fd>(::open(directory.at("a").c_str(), O_RDONLY | O_CLOEXEC));
        const auto part = [&](int number) {
            auto operation = std::make_shared<storage::ReadOperation>();
            operation->owner = file;
            operation->number = number;
            operation->length = 100'000;
            return operation;
        };
        constexpr std::size_t kCount = 3 * storage::kMostReads;
        std::vector<std::shared_ptr<storage::ReadOperation>> operations;
        for (std::size_t i = 0; i < kCount; ++i) {
            // One whose descriptor is none comes back as well: who waits for it must go on.
            operations.push_back(part(i == 5 ? -1 : file->get()));
            REQUIRE(queue->read_later(operations.back(), i));
        }
        std::vector<http::Wake> wakes;
        REQUIRE(collect(*queue, wakes, kCount) == kCount);
        for (const auto& operation : operations) CHECK(operation->done);
        operations.clear();
        CHECK(file.use_count() == 1);
        // What is left at the end holds nothing open.
        REQUIRE(queue->read_later(part(file->get()), 1));
        queue.reset();
        CHECK(file.use_count() == 1);
    }
    base::WakeQueue woken;
    CHECK_FALSE(storage::make_synchronous_disk_queue(woken)->read_later(std::make_shared<storage::ReadOperation>(), 1));
}

TEST_CASE("disk queue: its end waits for what the kernel has, and drops the rest", "[content][disk]") {
    for (const Make make : all_queues()) {
        const support::TempDir directory;
        base::WakeQueue woken;
        auto queue = started(make, woken);
        const bool in_background = queue->kind() != "synchronous";
        const auto file = base::share(make_file(directory, "a"));
        const storage::SyncTicket begun = queue->sync_data(file, 1);
        queue->submit();
        const storage::SyncTicket left = queue->sync_data(file, 2);
        queue.reset();
        CHECK(begun->done);
        CHECK(begun->in_kernel == 0);
        CHECK(left->done == !in_background);
        CHECK(file.use_count() == 3);
    }
}

TEST_CASE("disk queue: an operation that is destroyed while the kernel has it ends the process", "[content][disk]") {
    const std::string told = support::stderr_of_abort([] {
        storage::DiskOperation operation;
        operation.in_kernel = 1;
    });
    CHECK(told == "godwit: invariant: disk operation: destroyed in state with the kernel\n");
}
