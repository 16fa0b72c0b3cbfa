// Constant texts with their tags.
#include "listings/page_assets.h"

#include <cassert>
#include <span>

#include "handler/error_page.h"
#include "http/conditional.h"

namespace listings {
namespace {

http::Response with_fields(http::Status status, const PageAsset& asset) {
    http::Response response;
    response.status = status;
    response.add("ETag", asset.etag).add("Cache-Control", "no-cache");
    return response;
}

/// The path is one of the three, or one of them below a prefix.
const PageAsset& asset_at(std::string_view path) {
    if (path.ends_with(kPageStylePath)) return page_style;
    if (path.ends_with(kPageFilterPath)) return page_filter;
    assert(path.ends_with(kPageScriptPath));
    return page_script;
}

}  // namespace

handler::Decision PageAssets::handle(const http::Request& request) {
    const bool is_style = request.path().ends_with(kPageStylePath);
    const PageAsset& asset = asset_at(request.path());
    const http::Validators validators{.etag = asset.etag, .last_modified = {}};
    switch (
        http::evaluate_preconditions(request.fields, request.text, request.method, validators, clock_.unix_seconds())) {
        case http::Precondition::proceed: break;
        case http::Precondition::not_modified: return with_fields(http::Status::not_modified, asset);
        case http::Precondition::precondition_failed:
            return handler::error_response(&request, http::Status::precondition_failed,
                                           "this is not the version that the request names.");
    }
    http::Response response = with_fields(http::Status::ok, asset);
    response.add("Content-Type", is_style ? "text/css; charset=utf-8" : "text/javascript; charset=utf-8");
    response.add("X-Content-Type-Options", "nosniff");
    // Of static lifetime: nobody needs to own it.
    response.body = http::Piece(http::Blob{nullptr, std::as_bytes(std::span(asset.text))});
    return response;
}

}  // namespace listings
