// PROPPATCH (RFC 4918 §9.2): changes what clients keep beside a file or a folder, durably. Called by the router.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "handler/handler.h"
#include "handler/rights.h"
#include "storage/write_parts.h"

namespace dav {

class PropertyChanges {
public:
    /// The references must outlive this and every response made by it.
    PropertyChanges(const storage::WriteParts& parts, const handler::RightsRules& rules)
        : parts_(parts), rules_(rules) {}

    /// `path`: of the resource, canonical, of a client that may replace it. 207 where something is, whatever becomes
    /// of the properties; 404 where nothing is, 403 behind a symbolic link, 412 where the conditions do not hold.
    handler::Decision change(const http::Request& request, std::string_view path);

private:
    [[nodiscard]] std::unique_ptr<http::PendingResponse> make(const http::Request& request, const std::string& path,
                                                              const std::string& body) const;

    storage::WriteParts parts_;
    const handler::RightsRules& rules_;
};

}  // namespace dav
