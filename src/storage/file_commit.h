// Makes an upload durable and visible. The order: conditions, data sync, conditions again and the name (no other write
// of this process may look at or take the name meanwhile), directory sync. An error before the name leaves the old file
// unchanged. Made by file_sink and parked_file; called by uploads/upload_answer, uploads/form_uploads and file_copy.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "http/change.h"
#include "storage/disk_queue.h"
#include "storage/file_sink.h"
#include "storage/publication.h"

namespace storage {

class FileCommit {
public:
    struct Stored {
        enum class How : std::uint8_t { created, replaced };
        How how = How::created;
        std::string entity_tag;   ///< of the published file, strong
        bool keeps_time = false;  ///< it has the time of FileSink::keep_time()
    };
    using Result = std::expected<Stored, http::Refusal>;

    explicit FileCommit(FileSink&& sink)
        : sink_(std::move(sink)), publication_(*sink_.parts_, sink_.conditions_.keys()) {}
    FileCommit(const FileCommit&) = delete;
    FileCommit& operator=(const FileCommit&) = delete;

    /// Starts the work, or goes on after `wake`. nullopt while the disk works; not called again after a result.
    std::optional<Result> advance(http::Wake wake);

    /// The file's path below the root. After a result this is its final path, which OnConflict::rename may have
    /// changed.
    [[nodiscard]] const std::string& path() const { return sink_.place_.path(); }
    /// That the file got its name, also where the result is a refusal. Once, after a result.
    [[nodiscard]] std::optional<http::Change> take_change() { return std::exchange(change_, std::nullopt); }

private:
    enum class Step : std::uint8_t {
        checking,
        syncing_data,
        publishing,  ///< or waiting for the name
        naming_in_background,
        syncing_directories,
        done
    };
    /// Who makes the calls that give the name.
    enum class Naming : std::uint8_t {
        in_background,  ///< by the disk queue
        synchronous,    ///< directly: without durability, or when the queue cannot or failed
    };

    std::optional<Result> check(http::Wake wake);
    [[nodiscard]] int set_time(const std::optional<struct stat>& old);
    void take_owner(const std::optional<struct stat>& old) const;
    std::expected<bool, http::Refusal> take_properties(const std::optional<struct stat>& old);
    void sync(bool with_metadata, http::Wake wake);
    std::optional<Result> publish(http::Wake wake);
    [[nodiscard]] bool begin_naming(const HeldName& name, const std::optional<struct stat>& old, http::Wake wake);
    std::optional<Result> take_name(http::Wake wake);
    [[nodiscard]] std::vector<base::SharedFd> other_directories() const;
    void note_old(const std::optional<struct stat>& old);
    [[nodiscard]] int publish_once(const HeldName& name, const std::optional<struct stat>& old);
    [[nodiscard]] std::optional<http::Refusal> find_place_again();
    std::optional<Result> refuse(const http::Refusal& refusal);
    std::expected<std::optional<struct stat>, FileError> find_old();
    [[nodiscard]] std::optional<http::Refusal> find_obstacle(const std::optional<struct stat>& old) const;

    std::vector<WritePlace> left_places_;  // outlive the sink, whose file may have its temporary name in one of them
    FileSink sink_;
    Step step_ = Step::checking;
    Naming naming_ = Naming::in_background;
    SyncTicket data_;
    Publication publication_;
    std::string wanted_name_;  ///< that was taken; empty when it was not
    Stored stored_;
    std::string old_tag_;  ///< of the file that this one takes the place of; empty when there is none
    std::optional<http::Change> change_;
};

}  // namespace storage
