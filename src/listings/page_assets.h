// The style of all pages and the scripts of listings: GET and HEAD of /.godwit/style.css, /.godwit/upload.js and
// /.godwit/filter.js. Their texts are in listings/page/ and become part of the program when it is built. Called by the
// router.
#pragma once

#include <string_view>

#include "base/clock.h"
#include "handler/handler.h"

namespace listings {

struct PageAsset {
    std::string_view text;
    std::string_view etag;  ///< of the text, strong, with its quotes
};
extern const PageAsset page_style;
extern const PageAsset page_script;  ///< of pages that take changes
extern const PageAsset page_filter;  ///< of every page

inline constexpr std::string_view kPageStylePath = "/.godwit/style.css";
/// The page on which users who may share see their links.
inline constexpr std::string_view kSharesPagePath = "/.godwit/shares";
inline constexpr std::string_view kPageScriptPath = "/.godwit/upload.js";
inline constexpr std::string_view kPageFilterPath = "/.godwit/filter.js";

class PageAssets final : public handler::Handler {
public:
    /// `clock` outlives this.
    explicit PageAssets(const base::Clock& clock) : clock_(clock) {}

    [[nodiscard]] static bool owns(std::string_view path) {
        return path == kPageStylePath || path == kPageScriptPath || path == kPageFilterPath;
    }

    /// The path is one that this owns; the method is GET or HEAD. Caches store the response and revalidate it each time
    /// (Cache-Control: no-cache, RFC 9111 §5.2.2.4), so that a new version of godwit has its own style.
    handler::Decision handle(const http::Request& request) override;

private:
    const base::Clock& clock_;
};

}  // namespace listings
