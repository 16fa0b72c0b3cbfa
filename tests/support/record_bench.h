// A file of records below a fresh directory, and its operations driven step by step. The clock stands in 1994, so that
// files written now are not young; a clock that runs is chosen where that matters.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "content/record_operation.h"
#include "support/fake_clock.h"
#include "support/write_site.h"

namespace support {

struct RecordBench {
    using Kind = content::RecordOperation::Kind;

    explicit RecordBench(const base::Clock& with = fake_clock(), content::RecordLimits limits = {}) {
        auto opened = content::FileRoot::open(directory.path(), content::Symlinks::inside);
        REQUIRE(opened.has_value());
        root.emplace(std::move(*opened));
        parts.emplace(content::WriteParts{
            .root = *root, .new_directories = new_directories, .names = names, .disk = disk, .clock = with});
        file.emplace(*parts, "/database.txt", limits);
    }
    static const base::Clock& fake_clock() {
        static const FakeClock clock;
        return clock;
    }

    std::unique_ptr<content::RecordOperation> begin(Kind kind, std::string id, content::Record record = {}) {
        return std::make_unique<content::RecordOperation>(*file, kind, std::move(id), std::move(record), *none);
    }
    content::RecordOperation::Outcome finish(content::RecordOperation& operation) { return run(operation, disk); }
    content::RecordOperation::Outcome change(Kind kind, std::string id, content::Record record = {}) {
        const auto operation = begin(kind, std::move(id), std::move(record));
        return finish(*operation);
    }
    /// The line, or the status of the refusal.
    std::string get(std::string id) {
        auto outcome = change(Kind::read, std::move(id));
        return outcome ? outcome->line : std::to_string(http::code(outcome.error().status));
    }
    int status(Kind kind, std::string id, content::Record record = {}) {
        const auto outcome = change(kind, std::move(id), std::move(record));
        return outcome ? 0 : http::code(outcome.error().status);
    }
    void write(std::string_view text) const { directory.write("database.txt", text); }
    [[nodiscard]] std::string text() const { return directory.read("database.txt"); }

    TempDir directory;
    std::optional<content::FileRoot> root;
    content::NewDirectories new_directories;
    content::NamesInFlight names;
    StubbornDiskQueue disk;
    std::optional<content::WriteParts> parts;
    std::optional<content::RecordFile> file;
    ParsedRequest none{head("POST", "/database.txt")};
};

}  // namespace support
