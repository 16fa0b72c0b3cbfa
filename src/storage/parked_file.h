// An upload that is complete and waits for the rest of its request, without a descriptor of its own: one form may bring
// a thousand files, and none of them gets its name before the form is whole. Made by uploads/form_reader, resumed by
// uploads/form_uploads.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>

#include "base/fd.h"
#include "storage/file_sink.h"

namespace storage {

class ParkedFile {
public:
    /// `directory`: the open directory that the files of one request share, null for the first; set to the one that
    /// this file waits in. Dropping a ParkedFile removes the file. 503 or 507 when it cannot be parked.
    static std::expected<ParkedFile, http::Refusal> park(FileSink sink, std::shared_ptr<const base::Fd>& directory);

    ParkedFile(ParkedFile&&) = default;
    ~ParkedFile();
    ParkedFile& operator=(ParkedFile&&) = delete;

    /// Opens it again for its commit. 503: the file was removed meanwhile; otherwise as FileSink::open.
    std::expected<std::unique_ptr<FileCommit>, http::Refusal> resume() &&;

    /// The target's, below the root.
    [[nodiscard]] const std::string& path() const { return path_; }

private:
    ParkedFile(FileSink sink, std::shared_ptr<const base::Fd> directory);

    const WriteParts* parts_;
    WriteConditions conditions_;
    OnConflict on_conflict_;
    std::string path_;
    std::uint64_t bytes_;
    std::optional<KeptTime> kept_time_;
    std::shared_ptr<const base::Fd> directory_;  // outlives file_, which borrows it
    TemporaryFile file_;
};

}  // namespace storage
