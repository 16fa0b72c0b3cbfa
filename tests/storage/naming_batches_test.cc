// Which namings go to the kernel together, and what each is told.
#include "storage/naming_batches.h"

#include <fcntl.h>

#include <array>
#include <cerrno>
#include <memory>
#include <string>
#include <vector>

#include "base/fd.h"
#include "support/catch.h"
#include "support/temp_dir.h"

namespace {

using storage::NamingBatch;
using storage::NamingBatches;
using storage::NamingOperation;

struct Folders {
    support::TempDir directory;
    base::SharedFd one = open(directory.path());
    base::SharedFd same = open(directory.path());  // as another upload has it
    support::TempDir elsewhere;
    base::SharedFd other = open(elsewhere.path());

    static base::SharedFd open(const std::string& path) {
        return base::share(base::Fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)));
    }
};

using Naming = std::shared_ptr<NamingOperation>;

Naming naming(std::size_t calls, std::vector<base::SharedFd> directories) {
    auto operation = std::make_shared<NamingOperation>();
    for (std::size_t i = 0; i < calls; ++i) {
        operation->calls.push_back({storage::NamingCall::Kind::rename, -1, "from", -1, "to", 0});
    }
    operation->directories = std::move(directories);
    return operation;
}

/// All its steps ended well, but for those in `errors`.
std::vector<http::Wake> finish(NamingBatches& batches, NamingBatch& batch, std::vector<int> errors = {}) {
    errors.resize(batch.steps());
    for (std::size_t step = 0; step < batch.steps(); ++step) batch.begin_step(step);
    for (std::size_t step = 0; step < batch.steps(); ++step) {
        CHECK(batch.end_step(step, errors[step]) == (step + 1 == batch.steps()));
    }
    base::WakeQueue woken;
    batches.end(batch, woken);
    std::vector<http::Wake> wakes;
    woken.take(wakes, 0);
    return wakes;
}

constexpr std::size_t kRoom = 100;

}  // namespace

TEST_CASE("naming batches: what comes while a chain is under way makes the next one", "[content]") {
    Folders folders;
    NamingBatches batches;
    std::array<Naming, 3> namings{naming(2, {folders.one}), naming(1, {folders.same}), naming(2, {folders.one})};
    batches.add(namings[0], 10);
    NamingBatch* const first = batches.begin(kRoom);
    REQUIRE(first != nullptr);
    CHECK(first->steps() == 3);
    batches.add(namings[1], 11);
    batches.add(namings[2], 12);
    CHECK(batches.begin(kRoom) == nullptr);
    CHECK(finish(batches, *first) == std::vector<http::Wake>{10});
    CHECK(namings[0]->done);
    CHECK_FALSE(namings[1]->done);

    NamingBatch* const second = batches.begin(kRoom);
    REQUIRE(second != nullptr);
    // Three calls and one sync, which comes last.
    REQUIRE(second->steps() == 4);
    CHECK(&second->operation(0) == namings[1].get());
    CHECK(&second->operation(1) == namings[2].get());
    CHECK(&second->operation(2) == namings[2].get());
    CHECK(second->number(2) == 1);
    CHECK_FALSE(second->is_sync(2));
    CHECK(second->is_sync(3));
    CHECK(finish(batches, *second) == std::vector<http::Wake>{11, 12});
    for (const Naming& each : namings) CHECK((each->done && each->error == 0 && each->is_named()));
    CHECK(batches.begin(kRoom) == nullptr);
}

TEST_CASE("naming batches: directories do not wait for each other", "[content]") {
    Folders folders;
    NamingBatches batches;
    const Naming here = naming(1, {folders.one});
    const Naming there = naming(1, {folders.other});
    batches.add(here, 1);
    batches.add(there, 2);
    NamingBatch* const first = batches.begin(kRoom);
    NamingBatch* const second = batches.begin(kRoom);
    REQUIRE(first != nullptr);
    REQUIRE(second != nullptr);
    CHECK(finish(batches, *second) == std::vector<http::Wake>{2});
    CHECK(finish(batches, *first) == std::vector<http::Wake>{1});
}

TEST_CASE("naming batches: who changed several directories shares no syncs", "[content]") {
    Folders folders;
    NamingBatches batches;
    const Naming plain = naming(1, {folders.one});
    const Naming deep = naming(1, {folders.one, folders.other});
    const Naming last = naming(1, {folders.one});
    batches.add(plain, 1);
    batches.add(deep, 2);
    batches.add(last, 3);
    for (const std::size_t steps : {2U, 3U, 2U}) {
        NamingBatch* const batch = batches.begin(kRoom);
        REQUIRE(batch != nullptr);
        CHECK(batch->steps() == steps);
        CHECK(finish(batches, *batch).size() == 1);
    }
    CHECK(plain->done);
    CHECK(deep->done);
    CHECK(last->done);
}

TEST_CASE("naming batches: a chain is no longer than there is room, nor than the most", "[content]") {
    Folders folders;
    NamingBatches batches;
    std::vector<Naming> namings;
    for (int i = 0; i < 100; ++i) namings.push_back(naming(2, {folders.one}));
    for (std::size_t i = 0; i < namings.size(); ++i) batches.add(namings[i], i);
    CHECK(batches.begin(2) == nullptr);
    NamingBatch* const narrow = batches.begin(6);
    REQUIRE(narrow != nullptr);
    CHECK(narrow->steps() == 5);
    finish(batches, *narrow);
    NamingBatch* const wide = batches.begin(1000);
    REQUIRE(wide != nullptr);
    CHECK(wide->steps() == NamingBatches::kMostSteps - 1);
    finish(batches, *wide);
    while (NamingBatch* const batch = batches.begin(1000)) finish(batches, *batch);
    for (const Naming& each : namings) CHECK(each->done);
}

TEST_CASE("naming batches: a call that failed is told to its own naming alone", "[content]") {
    Folders folders;
    NamingBatches batches;
    const Naming good = naming(2, {folders.one});
    const Naming bad = naming(2, {folders.one});
    batches.add(bad, 1);
    batches.add(good, 2);
    NamingBatch* const batch = batches.begin(kRoom);
    REQUIRE(batch != nullptr);
    finish(batches, *batch, {EEXIST, ENOENT});
    CHECK(bad->error == EEXIST);
    CHECK(bad->calls_made.empty());
    CHECK(good->error == 0);
    CHECK(good->is_named());
}

TEST_CASE("naming batches: a sync that failed is told to all", "[content]") {
    Folders folders;
    NamingBatches batches;
    const Naming one = naming(1, {folders.one});
    const Naming two = naming(1, {folders.one});
    batches.add(one, 1);
    batches.add(two, 2);
    NamingBatch* const batch = batches.begin(kRoom);
    REQUIRE(batch != nullptr);
    SECTION("for good") {
        finish(batches, *batch, {0, 0, EIO});
        CHECK(one->error == EIO);
        CHECK(two->error == EIO);
    }
    SECTION("or was left out: then it has to be made again") {
        finish(batches, *batch, {0, ECANCELED, ECANCELED});
        CHECK(one->error == EAGAIN);
        CHECK(one->is_named());
        CHECK(two->error == ECANCELED);
        CHECK_FALSE(two->is_named());
    }
    SECTION("or may have come too early") {
        batch->doubt();
        finish(batches, *batch);
        CHECK(one->error == EAGAIN);
        CHECK(two->error == EAGAIN);
    }
    SECTION("or may have come too early, and fails as well") {
        batch->doubt();
        finish(batches, *batch, {0, 0, EIO});
        CHECK(one->error == EIO);
        CHECK(two->error == EIO);
    }
}

TEST_CASE("naming batches: what the kernel reports no more belongs to nobody", "[content]") {
    Folders folders;
    NamingBatches batches;
    Naming one = naming(1, {folders.one});
    batches.add(one, 1);
    NamingBatch* const batch = batches.begin(kRoom);
    REQUIRE(batch != nullptr);
    for (std::size_t step = 0; step < batch->steps(); ++step) batch->begin_step(step);
    CHECK(one->in_kernel == 2);
    batch->give_up();
    CHECK(one->in_kernel == 0);
    CHECK_FALSE(one->done);
}
