// Makes directories by MKCOL, and does what the plain forms of a listing ask for: HTML can send neither MKCOL, DELETE,
// MOVE nor COPY, so "POST dir/?mkcol", "?delete", "?move" and "?copy" with a field "name" do the same. A urlencoded
// form may have a field "segment" instead: the name, percent-encoded. For a move or a copy a field "to" says where.
// Called by the router.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "handler/handler.h"
#include "handler/write_rules.h"
#include "storage/file_sink.h"
#include "uploads/copies.h"

namespace uploads {

/// Bytes of an action's body: one name, escaped, and what browsers put around it.
inline constexpr std::size_t kMaxActionBytes = std::size_t{16} * 1024;

class DirectoryActions {
public:
    enum class Action : std::uint8_t { create, remove, move, copy };

    /// All must outlive this and every answer that it makes.
    DirectoryActions(const storage::WriteParts& parts, const handler::WriteRules& config, Copies& copies)
        : parts_(parts), config_(config), copies_(copies) {}

    /// What a POST with this query asks for; nullopt: it is an upload.
    [[nodiscard]] static std::optional<Action> find_action(std::string_view query);

    /// MKCOL, where uploads are allowed. `path`: below the root; `allowed`: for Allow where something has the name.
    handler::Decision create(const http::Request& request, std::string_view path, http::MethodSet allowed);
    /// A POST to the directory `path`, which ends in a slash. 303 back to it for a browser; 201 or 204 otherwise.
    handler::Decision act(const http::Request& request, std::string_view path, Action action);

private:
    const storage::WriteParts& parts_;
    const handler::WriteRules& config_;
    Copies& copies_;
};

}  // namespace uploads
