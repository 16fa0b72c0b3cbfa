// MOVE of files and directories below the root (RFC 4918 §9.9), by the method and by the form of a listing. Called by
// the router and by DirectoryActions.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include "handler/handler.h"
#include "handler/kept_request.h"
#include "handler/write_rules.h"
#include "storage/entry_move.h"
#include "uploads/write_gate.h"

namespace uploads {

class Moves {
public:
    /// Both must outlive this and every answer that it makes.
    Moves(const storage::WriteParts& parts, const handler::WriteRules& config) : parts_(parts), config_(config) {}

    /// `request.method` is MOVE. `path`: the source's, which may differ from the request's. `destination`: a decoded
    /// path below the root, for which the rules are looked up here; `location`: the same as the client wrote it.
    handler::Decision handle(const http::Request& request, std::string_view path, std::string_view destination,
                             std::string location);

private:
    const storage::WriteParts& parts_;
    const handler::WriteRules& config_;
};

/// Asks the gate and looks at what is there. `wanted`: what happens when something has the name already; `replace`,
/// or `refuse` with 409.
[[nodiscard]] std::expected<storage::EntryMove, http::Refusal> begin_move(
    const storage::WriteParts& parts, const WriteGate& gate, std::string_view source, std::string_view destination,
    storage::MoveRules wanted, storage::WriteConditions conditions);

/// 201 with Location or 204 once it is durable; for a browser that sent a form 303 to the directory.
[[nodiscard]] std::unique_ptr<http::PendingResponse> make_move_answer(
    storage::EntryMove move, std::unique_ptr<const handler::KeptRequest> request, std::string location);

}  // namespace uploads
