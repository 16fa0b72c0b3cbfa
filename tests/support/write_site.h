// A directory that tests write into through the real code, and disk queues that fail or wait on command.
#pragma once

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/file_io.h"
#include "http/head_parser.h"
#include "storage/file_commit.h"
#include "storage/file_removal.h"
#include "storage/file_sink.h"
#include "storage/validators.h"
#include "support/catch.h"
#include "support/temp_dir.h"

namespace support {

/// A wake queue that is there before the disk queue that needs it.
struct OwnWakes {
    base::WakeQueue own_wakes;
};

/// Operations wait until finish_all(); each may be given an error beforehand. Every operation really happens.
class StubbornDiskQueue final : private OwnWakes, public storage::DiskQueue {
public:
    StubbornDiskQueue() : DiskQueue(own_wakes) {}
    enum class Kind : std::uint8_t { data, all, name };

    storage::SyncTicket sync_data(base::SharedFd file, http::Wake wake) override {
        return take(Kind::data, std::move(file), wake);
    }
    storage::SyncTicket sync_all(base::SharedFd file, http::Wake wake) override {
        return take(Kind::all, std::move(file), wake);
    }
    bool name_later(const std::shared_ptr<storage::NamingOperation>& operation, http::Wake wake) override {
        if (!names_in_background) return false;
        note(Kind::name);
        namings_.emplace_back(operation, wake);
        return true;
    }
    bool read_later(const std::shared_ptr<storage::ReadOperation>& operation, http::Wake wake) override {
        if (!reads_in_background) return false;
        reads_.emplace_back(operation, wake);
        return true;
    }
    void close_later(base::Fd file) override { closed_later += file ? 1 : 0; }
    void remove_later(std::shared_ptr<const base::Fd> directory, std::string name) override {
        // From destructors, too, and of names that somebody else removed: nothing is thrown here.
        if (::unlinkat(directory->get(), name.c_str(), 0) == 0) removed_later.push_back(std::move(name));
    }
    void submit() override {}
    void reap() override { finish_all(); }
    [[nodiscard]] std::string_view kind() const override { return "stubborn"; }

    void finish_syncs() {
        for (const Waiting& each : waiting_) {
            each.operation->error = each.kind == Kind::data ? data_error : directory_error;
            each.operation->done = true;
            wakes().wake(each.wake);
        }
        waiting_.clear();
    }
    void finish_all() {
        finish_syncs();
        for (const auto& [naming, wake] : namings_) {
            make(*naming);
            wakes().wake(wake);
        }
        namings_.clear();
        finish_reads();
    }
    void finish_reads() {
        for (const auto& [reading, wake] : std::exchange(reads_, {})) {
            std::vector<std::byte> bytes(reading->length);
            REQUIRE(base::read_exactly(reading->number, reading->offset, bytes));
            reading->done = true;
            wakes().wake(wake);
        }
    }

    bool reads_in_background = false;         ///< reads happen at finish_reads(), not at all otherwise
    bool names_in_background = false;         ///< names are given at finish_all(), synchronously otherwise
    std::function<int(std::size_t)> on_call;  ///< before each call of a naming, by its number; an errno fails it
    int data_error = 0;
    int directory_error = 0;
    int closed_later = 0;
    std::vector<std::string> removed_later;
    std::vector<Kind> seen;
    std::function<void(Kind)> on_operation;  ///< called when one is asked for

private:
    struct Waiting {
        Kind kind;
        std::shared_ptr<storage::DiskOperation> operation;
        http::Wake wake;
    };
    storage::SyncTicket take(Kind kind, base::SharedFd file, http::Wake wake) {
        REQUIRE(file->get() >= 0);
        note(kind);
        return waiting_.emplace_back(kind, std::make_shared<storage::DiskOperation>(std::move(file)), wake).operation;
    }

    void note(Kind kind) {
        seen.push_back(kind);
        if (on_operation) on_operation(kind);
    }
    void make(storage::NamingOperation& naming) {
        for (const storage::NamingCall& call : naming.calls) {
            naming.error = on_call ? on_call(naming.calls_made.size()) : 0;
            if (naming.error == 0) naming.error = call_error(call);
            if (naming.error != 0) break;
            naming.calls_made.push_back(naming.calls_made.size());
        }
        if (naming.is_named() && !naming.directories.empty()) naming.error = directory_error;
        naming.done = true;
        naming.claim.reset();
    }
    static int call_error(const storage::NamingCall& call) {
        const bool is_link = call.kind == storage::NamingCall::Kind::link;
        const int result = is_link ? ::linkat(call.from_directory, call.from.c_str(), call.to_directory,
                                              call.to.c_str(), static_cast<int>(call.flags))
                                   : ::renameat2(call.from_directory, call.from.c_str(), call.to_directory,
                                                 call.to.c_str(), call.flags);
        return result == 0 ? 0 : errno;
    }

    std::vector<Waiting> waiting_;
    std::vector<std::pair<std::shared_ptr<storage::NamingOperation>, http::Wake>> namings_;
    std::vector<std::pair<std::shared_ptr<storage::ReadOperation>, http::Wake>> reads_;
};

/// A parsed head; the text is kept with it.
class ParsedRequest {
public:
    explicit ParsedRequest(std::string_view head) : text_(head) {
        http::HeadParser parser;
        REQUIRE(parser.parse(text_, request_) == http::HeadParser::Outcome::complete);
    }
    ParsedRequest(const ParsedRequest&) = delete;
    ParsedRequest& operator=(const ParsedRequest&) = delete;
    [[nodiscard]] const http::Request& operator*() const { return request_; }

private:
    std::string text_;
    http::Request request_;
};

/// "PUT /a HTTP/1.1" with a Host and `fields` (lines ended by CRLF).
inline std::string head(std::string_view method, std::string_view target, std::string_view fields = {}) {
    return std::string(method).append(" ").append(target).append(" HTTP/1.1\r\nHost: x\r\n").append(fields) + "\r\n";
}

/// Starts what `queue` has to fork, as the server does once it has confined itself.
inline void start(storage::DiskQueue& queue) {
    queue.start(storage::ProcessCalls::all, [](std::string_view, const std::string&) {});
}

/// Waits until `queue` has something to reap, at most ten seconds.
inline void wait_for(storage::DiskQueue& queue) {
    queue.submit();
    queue.reap();
    if (queue.wakes().has_ready() || queue.wakes().due()) return;
    std::vector<pollfd> watched{{queue.wakes().descriptor(), POLLIN, 0}};
    for (const int descriptor : queue.descriptors()) watched.push_back({descriptor, POLLIN, 0});
    REQUIRE(::poll(watched.data(), watched.size(), 10'000) >= 1);
    queue.wakes().silence();
}

/// Appends all wakes that there are; those of a later time come at once.
inline void reap(storage::DiskQueue& queue, std::vector<http::Wake>& wakes) {
    queue.reap();
    queue.wakes().take(wakes, std::numeric_limits<base::MonotonicMs>::max());
}

/// What run() passes and expects back.
inline constexpr http::Wake kWake = 7;
/// Of work that nobody waits for.
inline constexpr http::Wake kNobody = ~http::Wake{0};

/// Drives anything with advance(Wake) to its result.
template <class Work>
auto run(Work& work, storage::DiskQueue& queue) {
    auto result = work.advance(kWake);
    std::vector<http::Wake> wakes;
    while (!result) {
        wait_for(queue);
        wakes.clear();
        reap(queue, wakes);  // nothing, when an event came late for what was collected before
        for (const http::Wake wake : wakes) {
            if (wake == kNobody) continue;
            REQUIRE(wake == kWake);
            if (!result) result = work.advance(wake);
        }
    }
    return std::move(*result);
}

inline std::span<const std::byte> bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

/// Writers below a fresh directory.
struct WriteSite {
    explicit WriteSite(storage::Durability durability = storage::Durability::full) {
        auto opened = storage::FileRoot::open(directory.path(), storage::Symlinks::inside);
        REQUIRE(opened.has_value());
        root.emplace(std::move(*opened));
        parts.emplace(storage::WriteParts{.root = *root,
                                          .new_directories = new_directories,
                                          .names = names,
                                          .disk = disk,
                                          .clock = clock,
                                          .durability = durability});
    }

    std::expected<storage::FileSink, http::Refusal> open(std::string_view path, std::string_view fields = {}) {
        const ParsedRequest request(head("PUT", "/", fields));
        return storage::FileSink::open(*parts, path, std::nullopt, storage::WriteConditions(*request));
    }
    std::unique_ptr<storage::FileCommit> upload(std::string_view path, std::string_view content,
                                                std::string_view fields = {}) {
        auto sink = open(path, fields);
        REQUIRE(sink.has_value());
        REQUIRE(sink->write(bytes(content)).has_value());
        return std::move(*sink).finish();
    }
    storage::FileCommit::Result put(std::string_view path, std::string_view content, std::string_view fields = {}) {
        auto sink = open(path, fields);
        if (!sink) return std::unexpected(sink.error());
        if (auto written = sink->write(bytes(content)); !written) return std::unexpected(written.error());
        const auto commit = std::move(*sink).finish();
        return run(*commit, disk);
    }

    TempDir directory;
    std::optional<storage::FileRoot> root;
    storage::NewDirectories new_directories;
    storage::HeldNames names;
    StubbornDiskQueue disk;
    base::SystemClock clock;
    std::optional<storage::WriteParts> parts;
};

/// What a GET of the file would have as its ETag; `name`: a path of the file system.
inline std::string tag_of(const std::string& name) {
    struct stat status{};
    REQUIRE(::stat(name.c_str(), &status) == 0);
    return storage::make_entity_tag(status, false);
}

/// Removes `path` of the site; `fields`: further field lines of the DELETE.
inline storage::FileRemoval::Result remove(WriteSite& site, std::string_view path, std::string_view fields = {}) {
    const ParsedRequest request(head("DELETE", "/", fields));
    auto removal = storage::FileRemoval::open(*site.parts, path, storage::WriteConditions(*request));
    if (!removal) return std::unexpected(removal.error());
    return run(*removal, site.disk);
}

}  // namespace support
