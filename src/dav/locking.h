// LOCK and UNLOCK (RFC 4918 §9.10, §9.11). Called by the router.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "dav/lock_xml.h"
#include "handler/handler.h"
#include "handler/write_rules.h"
#include "storage/write_parts.h"

namespace dav {

class Locking {
public:
    /// The references must outlive this and every response made by it; `parts` has locks where WebDAV is spoken.
    /// `path_prefix`: in front of every address; empty, or without a slash at its end.
    Locking(const storage::WriteParts& parts, const handler::WriteRules& rules, std::string path_prefix)
        : parts_(parts), rules_(rules), path_prefix_(std::move(path_prefix)) {}

    /// `path`: of the resource, canonical and not "/". 200, or 201 where nothing was and an empty file is now; without
    /// a body the lock of If is refreshed. Once it is durable.
    handler::Decision lock(const http::Request& request, std::string_view path);
    /// 204 once it is durable; 409 for another token, 403 for the lock of another user.
    handler::Decision unlock(const http::Request& request, std::string_view path);

    /// The 503 of a request that shows tokens while locks cannot be read.
    [[nodiscard]] std::optional<http::Refusal> find_unread() const;

private:
    [[nodiscard]] handler::Decision refresh(const http::Request& request, std::string_view path);
    [[nodiscard]] std::unique_ptr<http::PendingResponse> take(const http::Request& request, std::string_view path,
                                                              std::string_view body) const;
    [[nodiscard]] LockView view() const { return {parts_.locks, parts_.root, path_prefix_}; }

    const storage::WriteParts& parts_;
    const handler::WriteRules& rules_;
    std::string path_prefix_;
};

}  // namespace dav
