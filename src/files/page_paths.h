// How the paths of web sites stand for files: addresses without ".html", routes of a single-page application, and the
// query that asks for a download. Called by StaticFiles. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/request.h"
#include "media/media_type.h"

namespace files {

/// The address of a page without its ".html": "/about" of "/about.html", "/docs/" of "/docs/index.html" when that is
/// the index's name. nullopt when the path is clean already.
[[nodiscard]] std::optional<std::string> clean_path(std::string_view path, std::string_view index_name);

/// True for a path that names nothing but may be a route of the application in the index page: a browser navigates
/// there (Sec-Fetch-Dest: document, or text/html named in Accept), or the client takes HTML and the path does not end
/// like a file of a known type ("/app.js" is missing, "/users/7" is a route). Not for "/.well-known/", where programs
/// look whether something exists.
[[nodiscard]] bool may_be_route(const http::Request& request, const media::MediaTypes& types);

/// True when the query has a member "download", with or without a value.
[[nodiscard]] bool asks_for_download(std::string_view query);

/// "attachment; filename=…" for the last segment of `path`.
[[nodiscard]] std::string download_disposition(std::string_view path);

}  // namespace files
