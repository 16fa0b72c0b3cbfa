// What a path names, for the requests of WebDAV: with a slash or without it is the same resource. Called by properties
// and property_changes.
#pragma once

#include <sys/stat.h>

#include <expected>
#include <string>
#include <string_view>

#include "handler/rights.h"
#include "http/framing.h"
#include "http/request.h"
#include "http/response.h"
#include "storage/file_root.h"

namespace dav {

struct FoundPath {
    std::string path;  ///< of the request; a folder's ends in '/'
    struct stat status{};
    bool passes_link = false;

    [[nodiscard]] bool is_directory() const { return S_ISDIR(status.st_mode); }
};

/// `path`: canonical. 404 where nothing is that is served, 403 where the server may not look.
[[nodiscard]] std::expected<FoundPath, http::Refusal> find_path(const storage::FileRoot& root, std::string_view path);
/// The refusal for a path that could not be opened, likewise.
[[nodiscard]] http::Refusal path_refusal(storage::FileError error);

[[nodiscard]] handler::Rights rights_of(const handler::RightsRules& rules, const http::Request& request,
                                        std::string_view path);

/// The address of what the request names, percent-encoded, as the request has it; a folder gets a slash.
[[nodiscard]] std::string href_of(const http::Request& request, bool is_directory);

/// 207 without a body.
[[nodiscard]] http::Response multistatus_response();

}  // namespace dav
