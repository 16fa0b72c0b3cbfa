// The rules that can refuse a write below the root, wherever its name came from: the path of a request, the field
// Content-Disposition, a form's file, an action's name, the target of a resumable upload. Every writer asks here before
// it touches anything. Changes nothing.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "handler/write_rules.h"
#include "http/framing.h"
#include "storage/file_root.h"
#include "storage/move_rules.h"

namespace uploads {

/// How a file that may be stored is stored, and what its client may learn.
struct Admission {
    enum class Tells : std::uint8_t {
        name_and_tag,
        nothing,  ///< of what is there: not even whether the name was taken
    };
    storage::OnConflict on_conflict = storage::OnConflict::replace;
    Tells tells = Tells::name_and_tag;

    friend bool operator==(const Admission&, const Admission&) = default;
};

class WriteGate {
public:
    /// How the client came to the name.
    enum class Named : std::uint8_t {
        by_request,  ///< it is the path of the request
        in_passing,  ///< it is a part of the request's content or of a field
    };

    /// `rules` and `root` outlive this.
    WriteGate(const handler::WriteRules& rules, const storage::FileRoot& root, handler::Client client)
        : rules_(rules), root_(root), client_(std::move(client)) {}

    // The rules for a path hold where the write happens, whatever links lead there. 503 when it cannot be told where
    // that is. A refusal for a missing right says whether others have other rights at the path where it is missing, be
    // it the source or the destination.

    /// `path`: a decoded path of a file. What happens when the name is taken: `wanted`, but nothing is replaced without
    /// the right to. 403 without the right to create or for a hidden name, 409 for the name of the records' file. A
    /// client that may only add files gets another name where one is taken, and learns nothing of it.
    [[nodiscard]] std::expected<Admission, http::Refusal> admit_file(std::string_view path, storage::OnConflict wanted,
                                                                     Named named) const;
    /// The same for a new directory.
    [[nodiscard]] std::optional<http::Refusal> find_directory_fault(std::string_view path) const;
    /// The same for a removal; 404 for a hidden name.
    [[nodiscard]] std::optional<http::Refusal> find_removal_fault(std::string_view path, Named named) const;

    /// The same for a directory with all that it holds: other rules must not hold for anything below it.
    [[nodiscard]] std::optional<http::Refusal> find_tree_removal_fault(std::string_view path, Named named) const;
    /// The same for a move, which is a removal and a write: what of `wanted` may happen to what has the destination's
    /// name. A folder is replaced, or replaces something, only where the client may delete and replace, no other rules
    /// hold below, and the client asked for it. `source` has a slash at its end for a directory. Nothing is moved that
    /// the client may not read, since it could perhaps read it at its new path, nor a directory below which other rules
    /// hold than for the directory itself.
    [[nodiscard]] std::expected<storage::MoveRules, http::Refusal> admit_move(std::string_view source,
                                                                              std::string_view destination,
                                                                              storage::MoveRules wanted) const;

    /// The same for a copy. Nothing is copied that the client may not read, nor a directory that it may not list, or
    /// below which other rules hold.
    [[nodiscard]] std::expected<storage::MoveRules, http::Refusal> admit_copy(std::string_view source,
                                                                              std::string_view destination,
                                                                              storage::MoveRules wanted) const;

    /// `refusal` of a write to `path`, by storage/, which knows no rights: says that, too.
    [[nodiscard]] http::Refusal refusal_at(std::string_view path, const http::Refusal& refusal) const {
        return rules_.refusal_at(path, refusal);
    }

private:
    [[nodiscard]] std::expected<storage::MoveRules, http::Refusal> admit_arrival(std::string_view destination,
                                                                                 storage::MoveRules wanted) const;
    [[nodiscard]] std::optional<http::Refusal> find_replacement_fault(const std::string& written,
                                                                      const storage::MoveRules& wanted) const;
    [[nodiscard]] std::optional<http::Refusal> find_tree_fault(const std::string& from, const std::string& to) const;
    [[nodiscard]] bool is_drop_folder_of(std::string_view path) const;
    [[nodiscard]] bool has_rules_below(std::string_view directory) const;
    [[nodiscard]] handler::Rights rights_at(std::string_view path) const;
    [[nodiscard]] std::unexpected<http::Refusal> lacks(std::string_view path, const http::Refusal& refusal) const;
    /// storage::find_written_path(), or `hidden` where --dot-files keeps the client from one of the two paths.
    [[nodiscard]] std::expected<std::string, http::Refusal> find_visible_path(std::string_view asked,
                                                                              const http::Refusal& hidden) const;

    const handler::WriteRules& rules_;
    const storage::FileRoot& root_;
    handler::Client client_;
};

}  // namespace uploads
