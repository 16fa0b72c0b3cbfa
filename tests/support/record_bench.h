// A file of records below a fresh directory, and its operations driven step by step. The clock stands in 1994, so that
// files written now are not young; a clock that runs is chosen where that matters.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "records/record_operation.h"
#include "support/fake_clock.h"
#include "support/write_site.h"

namespace support {

struct RecordBench {
    using Kind = records::RecordOperation::Kind;

    explicit RecordBench(const base::Clock& with = fake_clock(), records::RecordLimits limits = {}) {
        auto opened = storage::FileRoot::open(directory.path(), storage::Symlinks::inside);
        REQUIRE(opened.has_value());
        root.emplace(std::move(*opened));
        parts.emplace(storage::WriteParts{
            .root = *root, .new_directories = new_directories, .names = names, .disk = disk, .clock = with});
        file.emplace(*parts, "/database.txt", limits);
    }
    static const base::Clock& fake_clock() {
        static const FakeClock clock;
        return clock;
    }

    std::unique_ptr<records::RecordOperation> begin(Kind kind, std::string id, records::Record record = {}) {
        return std::make_unique<records::RecordOperation>(*file, kind, std::move(id), std::move(record), *none);
    }
    records::RecordOperation::Outcome finish(records::RecordOperation& operation) { return run(operation, disk); }
    records::RecordOperation::Outcome change(Kind kind, std::string id, records::Record record = {}) {
        const auto operation = begin(kind, std::move(id), std::move(record));
        return finish(*operation);
    }
    /// The line, or the status of the refusal.
    std::string get(std::string id) {
        auto outcome = change(Kind::read, std::move(id));
        return outcome ? outcome->line : std::to_string(http::code(outcome.error().status));
    }
    int status(Kind kind, std::string id, records::Record record = {}) {
        const auto outcome = change(kind, std::move(id), std::move(record));
        return outcome ? 0 : http::code(outcome.error().status);
    }
    void write(std::string_view text) const { directory.write("database.txt", text); }
    [[nodiscard]] std::string text() const { return directory.read("database.txt"); }

    TempDir directory;
    std::optional<storage::FileRoot> root;
    storage::NewDirectories new_directories;
    storage::HeldNames names;
    StubbornDiskQueue disk;
    std::optional<storage::WriteParts> parts;
    std::optional<records::RecordFile> file;
    ParsedRequest none{head("POST", "/database.txt")};
};

}  // namespace support
