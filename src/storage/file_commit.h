// What makes an upload durable and visible, in this order: conditions, data sync, conditions again and the name while
// nobody else of this process may judge or take it, directory sync. An error before the name leaves the old file as it
// was. Called by uploads/uploads.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <vector>

#include "storage/disk_queue.h"
#include "storage/file_sink.h"

namespace storage {

/// Several operations that are waited for together.
class DiskOperations {
public:
    void sync_directories(DiskQueue& disk, const std::vector<base::SharedFd>& open, http::Wake wake);
    [[nodiscard]] bool done() const;
    /// The first errno that counts, 0 for none. File systems without a sync of directories answer EINVAL: they are as
    /// durable as they get.
    [[nodiscard]] int error() const;

private:
    std::vector<SyncTicket> operations_;
};

class FileCommit {
public:
    struct Stored {
        enum class How : std::uint8_t { created, replaced };
        How how = How::created;
        struct stat status{};  ///< of the published file
    };
    using Result = std::expected<Stored, http::Refusal>;

    explicit FileCommit(FileSink sink) : sink_(std::move(sink)) {}
    FileCommit(const FileCommit&) = delete;
    FileCommit& operator=(const FileCommit&) = delete;

    /// Starts, or goes on after `wake`; nullopt while the disk works. Not called again after a result.
    std::optional<Result> advance(http::Wake wake);

    /// The file's path below the root; after a result the one it has, which OnConflict::rename may have changed.
    [[nodiscard]] const std::string& path() const { return sink_.place_.path(); }

private:
    enum class Step : std::uint8_t {
        checking,
        syncing_data,
        awaiting_name,
        publishing,
        naming_aside,
        syncing_directories,
        done
    };
    /// Where the calls are made that give the name.
    enum class Naming : std::uint8_t {
        aside,  ///< by the disk queue
        in_line,  ///< without durability nobody fills the journal that they would wait for, or the queue cannot, or failed
    };

    std::optional<Result> check(http::Wake wake);
    std::optional<Result> publish(http::Wake wake);
    [[nodiscard]] bool hold_name(http::Wake wake);
    [[nodiscard]] bool begin_naming(const std::optional<struct stat>& old, http::Wake wake);
    std::optional<Result> end_naming(http::Wake wake);
    std::optional<Result> take_name();
    void sync_directories(http::Wake wake);
    std::expected<void, FileError> publish_once(const std::optional<struct stat>& old);
    std::optional<Result> refuse(const http::Refusal& refusal);
    std::expected<std::optional<struct stat>, FileError> find_old();
    [[nodiscard]] std::optional<http::Refusal> find_obstacle(const std::optional<struct stat>& old) const;

    std::vector<WritePlace> left_places_;  // outlive the sink, whose file may have its temporary name in one of them
    FileSink sink_;
    Step step_ = Step::checking;
    Naming naming_ = Naming::aside;
    std::optional<NamesInFlight::Hold> name_;  ///< while a file is replaced
    SyncTicket data_;
    std::shared_ptr<NamingOperation> aside_;
    DiskOperations directories_;
    base::Fd replaced_;        ///< the old file, while its name goes
    std::string wanted_name_;  ///< that was taken; empty when it was not
    Stored stored_;
};

}  // namespace storage
