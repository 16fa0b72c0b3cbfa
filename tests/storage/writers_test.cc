// Two writes of one name in every order of their steps. Whatever the order, what was answered and what is there is as
// if one had come after the other: so of two writes under one condition one succeeds, and nothing that was answered as
// stored is lost.
#include <sys/stat.h>
#include <unistd.h>

#include <functional>
#include <limits>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "records/record_operation.h"
#include "storage/directory_creation.h"
#include "storage/entry_move.h"
#include "storage/file_commit.h"
#include "storage/file_removal.h"
#include "support/catch.h"
#include "support/fake_clock.h"
#include "support/write_site.h"

namespace {

/// Every operation waits until the test releases it, alone.
class ScriptedDiskQueue final : private support::OwnWakes, public storage::DiskQueue {
public:
    ScriptedDiskQueue() : DiskQueue(own_wakes) {}

    struct Event {
        std::function<void()> happen;
        http::Wake wake;
    };
    storage::SyncTicket sync_data(base::SharedFd file, http::Wake wake) override { return add(std::move(file), wake); }
    storage::SyncTicket sync_all(base::SharedFd file, http::Wake wake) override { return add(std::move(file), wake); }
    bool name_later(const std::shared_ptr<storage::NamingOperation>& naming, http::Wake wake) override {
        events.push_back({[naming] { make(*naming); }, wake});
        return true;
    }
    void submit() override {}
    void reap() override {
        std::vector<http::Wake> ready;
        wakes().take(ready, std::numeric_limits<base::MonotonicMs>::max());
        for (const http::Wake wake : ready) events.push_back({[] {}, wake});
    }
    [[nodiscard]] std::string_view kind() const override { return "scripted"; }

    std::vector<Event> events;

private:
    storage::SyncTicket add(base::SharedFd file, http::Wake wake) {
        auto operation = std::make_shared<storage::DiskOperation>(std::move(file));
        events.push_back({[operation] { operation->done = true; }, wake});
        return operation;
    }
    static void make(storage::NamingOperation& naming) {
        for (const storage::NamingCall& call : naming.calls) {
            const bool is_link = call.kind == storage::NamingCall::Kind::link;
            const int result = is_link ? ::linkat(call.from_directory, call.from.c_str(), call.to_directory,
                                                  call.to.c_str(), static_cast<int>(call.flags))
                                       : ::renameat2(call.from_directory, call.from.c_str(), call.to_directory,
                                                     call.to.c_str(), call.flags);
            if (result != 0) naming.error = errno;
            if (result != 0) break;
            naming.calls_made.push_back(naming.calls_made.size());
        }
        naming.done = true;
        naming.claim.reset();
    }
};

struct Site {
    explicit Site(bool exists) {
        if (exists) directory.write("database.txt", "id=1&a=old\n");
        if (exists) condition = "If-Match: " + support::tag_of(directory.at("database.txt")) + "\r\n";
        auto opened = storage::FileRoot::open(directory.path(), storage::Symlinks::inside);
        REQUIRE(opened.has_value());
        root.emplace(std::move(*opened));
        parts.emplace(
            storage::WriteParts{.root = *root, .new_directories = made, .names = names, .disk = disk, .clock = clock});
        file.emplace(*parts, "/database.txt", records::RecordLimits{});
    }
    [[nodiscard]] std::string content() const {
        std::string found;
        for (const std::string& name : directory.list()) {
            struct stat status{};
            const bool is_file = ::stat(directory.at(name).c_str(), &status) == 0 && S_ISREG(status.st_mode);
            found += name + ":" + (is_file ? directory.read(name) : "directory") + ";";
        }
        return found;
    }

    support::TempDir directory;
    std::string condition = "If-None-Match: *\r\n";
    std::optional<storage::FileRoot> root;
    storage::NewDirectories made;
    storage::HeldNames names;
    ScriptedDiskQueue disk;
    FakeClock clock;
    std::optional<storage::WriteParts> parts;
    std::optional<records::RecordFile> file;
    support::ParsedRequest none{support::head("POST", "/")};
};

/// Gives the status when it is there.
using Writer = std::function<std::optional<int>(http::Wake)>;
using Maker = std::function<Writer(Site&, const std::string& mark)>;

Writer refused(const http::Refusal& refusal) {
    return [code = http::code(refusal.status)](http::Wake) { return std::optional<int>(code); };
}

template <class Work, class Status>
Writer writer(std::shared_ptr<Work> work, Status status) {
    return [work, status](http::Wake wake) -> std::optional<int> {
        const auto result = work->advance(wake);
        if (!result) return std::nullopt;
        return *result ? status(**result) : http::code(result->error().status);
    };
}

Writer put(Site& site, const std::string& mark, const std::string& fields) {
    const support::ParsedRequest request(support::head("PUT", "/", fields));
    auto sink = storage::FileSink::open(*site.parts, "/database.txt", std::nullopt, storage::WriteConditions(*request));
    if (!sink) return refused(sink.error());
    REQUIRE(sink->write(support::bytes("id=1&a=" + mark + "\n")).has_value());
    using How = storage::FileCommit::Stored::How;
    return writer(std::shared_ptr<storage::FileCommit>(std::move(*sink).finish()),
                  [](const storage::FileCommit::Stored& stored) { return stored.how == How::created ? 201 : 204; });
}

Writer removal(Site& site, const std::string& fields) {
    const support::ParsedRequest request(support::head("DELETE", "/", fields));
    auto opened = storage::FileRemoval::open(*site.parts, "/database.txt", storage::WriteConditions(*request));
    if (!opened) return refused(opened.error());
    const auto work = std::make_shared<storage::FileRemoval>(std::move(*opened));
    return [work](http::Wake wake) -> std::optional<int> {
        const auto result = work->advance(wake);
        if (!result) return std::nullopt;
        return *result ? 204 : http::code(result->error().status);
    };
}

Writer creation(Site& site) {
    auto opened = storage::DirectoryCreation::open(*site.parts, "/database.txt");
    if (!opened) return refused(opened.error());
    const auto work = std::make_shared<storage::DirectoryCreation>(std::move(*opened));
    return [work](http::Wake wake) -> std::optional<int> {
        const auto result = work->advance(wake);
        if (!result) return std::nullopt;
        return *result ? 201 : http::code(result->error().status);
    };
}

Writer move(Site& site, const std::string& from, const std::string& to, storage::OnConflict on_conflict) {
    auto opened = storage::EntryMove::open(*site.parts, from, to, {on_conflict}, {});
    if (!opened) return refused(opened.error());
    using How = storage::EntryMove::How;
    return writer(std::make_shared<storage::EntryMove>(std::move(*opened)),
                  [](How how) { return how == How::created ? 201 : 204; });
}

/// Of a file of its own.
Writer move_onto(Site& site, const std::string& mark, storage::OnConflict on_conflict) {
    site.directory.write(mark, "id=1&a=" + mark + "\n");
    return move(site, "/" + mark, "/database.txt", on_conflict);
}

Writer record(Site& site, records::RecordOperation::Kind kind, const std::string& mark) {
    const bool appends = kind == records::RecordOperation::Kind::append;
    return writer(std::make_shared<records::RecordOperation>(*site.file, kind, appends ? "" : "1",
                                                             records::Record{{"a", mark}}, *site.none),
                  [](const records::RecordOperation::Result&) { return 200; });
}

using Kind = records::RecordOperation::Kind;
const std::vector<std::pair<std::string, Maker>> kWriters = {
    {"PUT", [](Site& site, const std::string& mark) { return put(site, mark, {}); }},
    {"conditional PUT", [](Site& site, const std::string& mark) { return put(site, mark, site.condition); }},
    {"DELETE", [](Site& site, const std::string&) { return removal(site, {}); }},
    {"conditional DELETE", [](Site& site, const std::string&) { return removal(site, site.condition); }},
    {"MKCOL", [](Site& site, const std::string&) { return creation(site); }},
    {"MOVE away",
     [](Site& site, const std::string& mark) {
         return move(site, "/database.txt", "/" + mark, storage::OnConflict::keep_content);
     }},
    {"MOVE onto",
     [](Site& site, const std::string& mark) { return move_onto(site, mark, storage::OnConflict::replace); }},
    {"MOVE where nothing is",
     [](Site& site, const std::string& mark) { return move_onto(site, mark, storage::OnConflict::keep_content); }},
    {"append", [](Site& site, const std::string& mark) { return record(site, Kind::append, mark); }},
    {"replace", [](Site& site, const std::string& mark) { return record(site, Kind::replace, mark); }},
    {"remove", [](Site& site, const std::string& mark) { return record(site, Kind::remove, mark); }},
};

/// Which of the events that could come next does come, at each step; then the next such list.
class Choices {
public:
    std::size_t choose(std::size_t count) {
        if (at_ == taken_.size()) taken_.push_back({0, count});
        return taken_[at_++].first;
    }
    bool next() {
        at_ = 0;
        while (!taken_.empty() && taken_.back().first + 1 == taken_.back().second) taken_.pop_back();
        if (taken_.empty()) return false;
        ++taken_.back().first;
        return true;
    }

private:
    std::vector<std::pair<std::size_t, std::size_t>> taken_;
    std::size_t at_ = 0;
};

using Choose = std::function<std::size_t(const std::vector<http::Wake>&)>;

/// The statuses of both writers, 0 and 1, and what is there afterwards.
std::string run_both(const Maker& first, const Maker& second, bool exists, const Choose& choose) {
    Site site(exists);
    std::vector<Writer> writers{first(site, "first"), second(site, "second")};
    site.disk.events = {{[] {}, 0}, {[] {}, 1}};
    std::vector<std::optional<int>> statuses(2);
    for (int steps = 0; !site.disk.events.empty(); ++steps) {
        REQUIRE(steps < 200);
        std::vector<http::Wake> wakes;
        for (const auto& event : site.disk.events) wakes.push_back(event.wake);
        const auto chosen = site.disk.events.begin() + static_cast<std::ptrdiff_t>(choose(wakes));
        const ScriptedDiskQueue::Event event = *chosen;
        site.disk.events.erase(chosen);
        event.happen();
        if (!statuses[event.wake]) statuses[event.wake] = writers[event.wake](event.wake);
        site.disk.reap();
    }
    REQUIRE(statuses[0].has_value());  // nobody waits for ever
    REQUIRE(statuses[1].has_value());
    writers.clear();
    CHECK(site.names.empty());
    return std::to_string(*statuses[0]) + " " + std::to_string(*statuses[1]) + " " + site.content();
}

/// One after the other: whoever's number is `first` has all its events before the other begins.
std::string run_in_turn(const Maker& a, const Maker& b, bool exists, http::Wake first) {
    return run_both(a, b, exists, [&](const std::vector<http::Wake>& wakes) {
        for (std::size_t i = 0; i < wakes.size(); ++i) {
            if (wakes[i] == first) return i;
        }
        return std::size_t{0};
    });
}

}  // namespace

TEST_CASE("writers: two writes of one name, in every order of their steps, are as if one came after the other",
          "[storage][writers]") {
    for (const bool exists : {true, false}) {
        for (const auto& [name, first] : kWriters) {
            for (const auto& [other, second] : kWriters) {
                if (other < name) continue;
                INFO(name << " and " << other << (exists ? " of a file" : " of a new name"));
                const std::set<std::string> allowed{run_in_turn(first, second, exists, 0),
                                                    run_in_turn(first, second, exists, 1)};
                Choices choices;
                std::size_t orders = 0;
                do {
                    const std::string outcome =
                        run_both(first, second, exists,
                                 [&](const std::vector<http::Wake>& wakes) { return choices.choose(wakes.size()); });
                    INFO(outcome << " is none of " << *allowed.begin() << " and " << *allowed.rbegin());
                    CHECK(allowed.contains(outcome));
                } while (choices.next() && ++orders < 2000);
            }
        }
    }
}

TEST_CASE("writers: of two conditional uploads one succeeds, and the other meets its file", "[storage][writers]") {
    const Maker& conditional = kWriters[1].second;
    CHECK(run_in_turn(conditional, conditional, true, 0) == "204 412 database.txt:id=1&a=first\n;");
    CHECK(run_in_turn(conditional, conditional, false, 1) == "412 201 database.txt:id=1&a=second\n;");
}

TEST_CASE("writers: a record and a conditional upload of its file", "[storage][writers]") {
    const Maker& conditional = kWriters[1].second;
    const Maker& append = kWriters[8].second;
    CHECK(run_in_turn(conditional, append, true, 0) == "204 200 database.txt:id=1&a=first\nid=2&a=second\n;");
    CHECK(run_in_turn(conditional, append, true, 1) == "412 200 database.txt:id=1&a=old\nid=2&a=second\n;");
}
