// Making one directory (MKCOL, RFC 4918 §9.3), durably: its name is on disk before the answer. Called by
// uploads/directory_actions.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "http/change.h"
#include "http/framing.h"
#include "storage/publication.h"
#include "storage/write_conditions.h"

namespace storage {

class DirectoryCreation {
public:
    using Result = std::expected<void, http::Refusal>;

    /// `path` is not "/" and not hidden; it may have a slash at its end. 405: something has the name; 409: the
    /// directory above is missing; 412: the conditions do not hold where nothing is; 403, 414, 507 as for files.
    /// `parts` must outlive this. The conditions need no second look: making it fails where something has come.
    static std::expected<DirectoryCreation, http::Refusal> open(const WriteParts& parts, std::string_view path,
                                                                const WriteConditions& conditions = {});

    DirectoryCreation(DirectoryCreation&& other) noexcept;
    DirectoryCreation& operator=(DirectoryCreation&&) = delete;
    ~DirectoryCreation() { release(); }

    /// The directory gets this modification time, in seconds since 1970, which lasts until something is put into it.
    void keep_time(std::int64_t modified_s) { modified_s_ = modified_s; }
    [[nodiscard]] bool keeps_time() const { return modified_s_.has_value(); }
    /// Starts the work, or goes on after `wake`. nullopt while the disk works; not called again after a result.
    std::optional<Result> advance(http::Wake wake);
    /// That the directory was made, also where the result is a refusal. Once, after a result.
    [[nodiscard]] std::optional<http::Change> take_change() { return std::exchange(change_, std::nullopt); }

private:
    enum class Step : std::uint8_t { making, syncing, done };

    DirectoryCreation(const WriteParts& parts, WritePlace place, LockKeys keys)
        : parts_(&parts), place_(std::move(place)), publication_(parts, std::move(keys)) {}
    [[nodiscard]] std::optional<http::Refusal> find_obstacle() const;
    Result make(const HeldName& name);
    void release();

    const WriteParts* parts_;
    WritePlace place_;
    Step step_ = Step::making;
    std::optional<std::int64_t> modified_s_;
    std::string held_;  ///< the path while uploads into it must wait for its name as well; empty otherwise
    Publication publication_;
    std::optional<http::Change> change_;
};

}  // namespace storage
