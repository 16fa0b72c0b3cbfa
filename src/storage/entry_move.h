// MOVE of a file or of a directory below the root (RFC 4918 §9.9): one rename, durable before the answer. Called by
// uploads/moves.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>
#include <utility>

#include "http/change.h"
#include "storage/move_rules.h"
#include "storage/publication.h"
#include "storage/tree_removal.h"
#include "storage/write_conditions.h"

namespace storage {

class EntryMove {
public:
    enum class How : std::uint8_t { created, replaced };
    using Result = std::expected<How, http::Refusal>;

    /// Finds what is to be moved and checks the conditions, which are about the source. Both paths are neither "/" nor
    /// hidden. A source with a slash at its end means a directory, one without anything else; the destination may have
    /// a slash where the source has one, or where it is a directory to be replaced. 404: there is no such source; 409:
    /// the destination's directory is missing, the source is in what it would replace, or the file system cannot
    /// replace a directory; 403: source and destination are the same, the one is in the other, or something is there
    /// that has to stay; 412: a condition does not hold, or Overwrite is F; 503: too many trees wait for their removal.
    static std::expected<EntryMove, http::Refusal> open(const WriteParts& parts, std::string_view source,
                                                        std::string_view destination, MoveRules rules,
                                                        WriteConditions conditions);

    EntryMove(EntryMove&& other) noexcept;
    EntryMove& operator=(EntryMove&&) = delete;
    ~EntryMove() { release(); }

    /// Starts the work, or goes on after `wake`. nullopt while the disk works; not called again after a result.
    std::optional<Result> advance(http::Wake wake);
    /// That the names changed, also where the result is a refusal. Once, after a result.
    [[nodiscard]] std::optional<http::Change> take_change() { return std::exchange(change_, std::nullopt); }

private:
    enum class Step : std::uint8_t { moving, syncing, done };
    /// What is there.
    struct Look {
        struct stat source{};
        std::optional<struct stat> destination;
    };

    EntryMove(const WriteParts& parts, WritePlace from, WritePlace to, MoveRules rules, WriteConditions conditions)
        : parts_(&parts),
          from_(std::move(from)),
          to_(std::move(to)),
          rules_(rules),
          conditions_(std::move(conditions)),
          publication_(parts, conditions_.keys()) {}

    [[nodiscard]] bool moves_directory() const { return from_.path().ends_with('/'); }
    [[nodiscard]] std::expected<Look, http::Refusal> look() const;
    [[nodiscard]] std::expected<struct stat, http::Refusal> find_source() const;
    [[nodiscard]] std::optional<http::Refusal> find_link_fault(const struct stat& source) const;
    [[nodiscard]] std::optional<http::Refusal> find_obstacle(const Look& found) const;
    [[nodiscard]] bool is_over_folder(const Look& found) const;
    std::optional<http::Refusal> move(const Publication::HeldPair& names);
    std::optional<http::Refusal> move_away(const Publication::HeldPair& names);
    void note_change(const Look& found);
    void release();

    const WriteParts* parts_;
    WritePlace from_;
    WritePlace to_;
    MoveRules rules_;
    bool names_folder_ = false;  ///< the destination has a slash that the source, a file, has not
    WriteConditions conditions_;
    Step step_ = Step::moving;
    How how_ = How::created;
    std::string held_;  ///< the new path of a directory, while uploads into it must wait for its name as well
    std::optional<GoneTree> gone_;  ///< what was replaced
    Publication publication_;
    std::optional<http::Change> change_;
};

}  // namespace storage
