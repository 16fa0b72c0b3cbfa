// COPY of files and directories below the root (RFC 4918 §9.8), by the method and by the form of a listing. Called by
// the router and by DirectoryActions.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include "handler/handler.h"
#include "handler/kept_request.h"
#include "handler/write_rules.h"
#include "storage/file_copy.h"
#include "storage/tree_copy.h"
#include "uploads/copy_shares.h"
#include "uploads/write_gate.h"

namespace uploads {

class Copies {
public:
    /// All must outlive this and every answer that it makes.
    Copies(const storage::WriteParts& parts, const handler::WriteRules& config, CopyShares& shares)
        : parts_(parts), config_(config), shares_(shares) {}

    struct Wanted {
        std::string_view source;       ///< decoded path below the root; a directory's ends in a slash
        std::string_view destination;  ///< likewise; the rules for it are looked up here
        std::string location;          ///< the destination as the client wrote it
        /// Of a directory.
        storage::TreeCopy::Wish::Extent extent = storage::TreeCopy::Wish::Extent::tree;
    };

    /// `request.method` is COPY.
    handler::Decision handle(const http::Request& request, Wanted wanted);
    /// Asks for the rights and begins. `rules`: what happens when something has the name already; `replace`, or
    /// `refuse` with 409. 429 when too many copies of the client are under way, 503 when too many copies of folders are
    /// under way. The answer is 201 with Location or 204 once the copy is durable; for a browser that sent a form
    /// 303 to the directory.
    [[nodiscard]] std::expected<std::unique_ptr<http::PendingResponse>, http::Refusal> begin(
        const http::Request& request, Wanted wanted, storage::MoveRules rules,
        const storage::WriteConditions& conditions);

private:
    const storage::WriteParts& parts_;
    const handler::WriteRules& config_;
    CopyShares& shares_;
};

}  // namespace uploads
