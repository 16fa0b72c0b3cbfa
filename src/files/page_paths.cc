// Paths and queries, looked at as text.
#include "files/page_paths.h"

#include <array>

#include "base/ascii.h"
#include "http/accept.h"
#include "http/content_disposition.h"
#include "media/media_type.h"

namespace files {
namespace {

/// True when a browser navigates to the address: it says so, or it names HTML in Accept, which requests for scripts and
/// images do not.
bool is_navigation(const http::Request& request) {
    for (const http::Field& field : request.fields) {
        if (base::equals_ignoring_case(field.name.of(request.text), "Sec-Fetch-Dest")) {
            return field.value.of(request.text) == "document";
        }
    }
    return http::names_media_type(request.fields, request.text, "text/html");
}

}  // namespace

std::optional<std::string> clean_path(std::string_view path, std::string_view index_name) {
    constexpr std::string_view kSuffix = ".html";
    if (!path.ends_with(kSuffix)) return std::nullopt;
    const std::size_t name = path.rfind('/') + 1;
    if (path.substr(name) == index_name) return std::string(path.substr(0, name));
    if (path.size() - name == kSuffix.size()) return std::nullopt;
    return std::string(path.substr(0, path.size() - kSuffix.size()));
}

bool may_be_route(const http::Request& request, const media::MediaTypes& types) {
    static constexpr std::array<std::string_view, 1> kHtml = {"text/html"};
    if (request.path().starts_with("/.well-known/")) return false;
    if (is_navigation(request)) return true;
    if (types.knows_extension_of(request.path())) return false;
    return http::choose_media_type(request.fields, request.text, kHtml).has_value();
}

bool asks_for_download(std::string_view query) {
    while (!query.empty()) {
        const std::string_view member = query.substr(0, query.find('&'));
        if (member.substr(0, member.find('=')) == "download") return true;
        query.remove_prefix(member.size() < query.size() ? member.size() + 1 : query.size());
    }
    return false;
}

std::string download_disposition(std::string_view path) {
    return http::attachment_disposition(path.substr(path.rfind('/') + 1));
}

}  // namespace files
