// Writes a copy of the file of records beside it, slice by slice, with one line left out or replaced. The copy takes
// the name when a record is replaced or removed. Called by records/record_operation.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/framing.h"
#include "records/record_file.h"
#include "records/record_index.h"
#include "storage/temporary_file.h"

namespace records {

class RecordCopy {
public:
    /// What a copy is made from.
    struct Base {
        std::shared_ptr<const RecordBytes> bytes;
        struct stat status{};
        RecordPlace old;                  ///< the line that is not copied
        std::optional<std::string> line;  ///< in its place, without its newline; nullopt: nothing
    };

    /// In `directory`, which must stay open as long as this lives.
    static std::expected<RecordCopy, http::Refusal> create(int directory, Base base);

    /// Copies at most kRecordSliceBytes more. 503: the base was changed; 507, 500: as for uploads.
    std::expected<void, http::Refusal> copy_slice();
    [[nodiscard]] bool is_whole() const { return copied_ >= static_cast<std::uint64_t>(base_.status.st_size); }
    /// The whole copy gets the owner, the mode and the properties of the base. 500: those could not be read.
    std::expected<void, http::Refusal> take_after_base();
    [[nodiscard]] const Base& base() const { return base_; }
    [[nodiscard]] storage::TemporaryFile& file() { return file_; }

private:
    RecordCopy(Base base, storage::TemporaryFile file) : base_(std::move(base)), file_(std::move(file)) {}
    std::expected<void, http::Refusal> copy_to(std::uint64_t end, std::uint64_t& budget);
    std::expected<void, http::Refusal> write_all(std::string_view text);

    Base base_;
    storage::TemporaryFile file_;
    std::uint64_t copied_ = 0;   ///< of the base, the old line included
    std::uint64_t written_ = 0;  ///< of the new file
};

}  // namespace records
