// COPY of a file below the root (RFC 4918 §9.8): its bytes go into a temporary file beside the destination, a slice in
// each call, and that file gets its name as an upload does. Called by uploads/copies.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/change.h"
#include "storage/entry_move.h"
#include "storage/file_commit.h"
#include "storage/file_sink.h"
#include "storage/open_file.h"
#include "storage/write_conditions.h"
#include "storage/write_parts.h"

namespace storage {

/// What one call copies. It takes about as long as a turn of heavy work may.
inline constexpr std::uint64_t kCopySliceBytes = std::uint64_t{512} * 1024;

class FileCopy {
public:
    enum class How : std::uint8_t { created, replaced };
    using Result = std::expected<How, http::Refusal>;

    /// Opens what is to be copied and checks the conditions, which are about the source. Both paths are neither "/" nor
    /// hidden and have no slash at their ends. 404: there is no such source; 409: it is a directory; 403: it is a link,
    /// source and destination are the same, or something is there that has to stay; 409: the destination's directory is
    /// missing, or it is a directory; 412: a condition does not hold, or Overwrite is F; 507: there is no room.
    static std::expected<std::unique_ptr<FileCopy>, http::Refusal> open(const WriteParts& parts,
                                                                        std::string_view source,
                                                                        std::string_view destination, MoveRules rules,
                                                                        const WriteConditions& conditions);

    struct Source {
        base::Fd file;
        struct stat status{};
    };
    /// Opens what is to be copied, as open() does.
    static std::expected<Source, http::Refusal> open_source(const WriteParts& parts, std::string_view path,
                                                            const WriteConditions& conditions);

    FileCopy(const FileCopy&) = delete;
    FileCopy& operator=(const FileCopy&) = delete;

    /// Goes on with the work for a slice. nullopt: `wake` comes back; not called again after a result.
    std::optional<Result> advance(http::Wake wake);
    /// True while bytes are copied: destroying this then leaves nothing behind.
    [[nodiscard]] bool is_copying() const { return sink_.has_value(); }
    /// Length of the source.
    [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
    /// That there is a copy, also where the result is a refusal. Once, after a result.
    [[nodiscard]] std::optional<http::Change> take_change();

private:
    FileCopy(const WriteParts& parts, std::string_view source, std::string_view destination, MoveRules rules)
        : parts_(parts), source_path_(source), destination_(destination), rules_(rules) {
        // Those count uploads; a copy is counted by its own number.
        parts_.counts = nullptr;
    }

    [[nodiscard]] std::optional<http::Refusal> find_obstacle(const struct stat& source) const;
    std::expected<void, http::Refusal> copy_slice();
    [[nodiscard]] bool is_unchanged() const;
    [[nodiscard]] http::Refusal refusal_of_commit(const http::Refusal& refusal) const;

    WriteParts parts_;
    std::string source_path_;
    std::string destination_;
    MoveRules rules_;
    WriteCounts* counts_ = nullptr;
    std::uint64_t bytes_ = 0;
    std::unique_ptr<OpenFile> source_;
    struct stat status_{};                ///< of the source, when it was opened
    std::optional<FileSink> sink_;        ///< while bytes are copied
    std::unique_ptr<FileCommit> commit_;  ///< afterwards
};

}  // namespace storage
