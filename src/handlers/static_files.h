// GET and HEAD of what lies below the root: files with conditions, ranges and codings, directories as their index file
// or a listing. Called by the router.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "content/digest_queue.h"
#include "content/file_root.h"
#include "content/representation_cache.h"
#include "handlers/handler.h"
#include "handlers/listings.h"
#include "http/accept_encoding.h"
#include "http/range.h"

namespace handlers {

struct StaticFilesConfig {
    std::string index_name = "index.html";
    /// Answers for a directory without an index file; null: such are not listed. Outlives the handler.
    Listings* listings = nullptr;
    bool clean_urls = false;  ///< "/about" is about.html, and "/about.html" leads there
    bool spa = false;         ///< routes get the root's index
};

class StaticFiles final : public Handler {
public:
    /// The references must outlive this and every response made by it.
    /// `digests` makes the digests that clients want; without one they get none.
    StaticFiles(const content::FileRoot& root, content::RepresentationCache& cache, const base::Clock& clock,
                StaticFilesConfig config, content::DigestQueue* digests = nullptr);

    /// `request.method` is GET or HEAD; anything else is answered 405.
    Decision handle(const http::Request& request) override;

private:
    using Found = std::shared_ptr<const content::Representation>;

    Decision serve(const http::Request& request, const Found& found, std::string_view further_fields = {});
    Decision answer_missing(const http::Request& request);
    [[nodiscard]] std::optional<http::Response> redirect_to_clean_path(const http::Request& request) const;
    Decision serve_directory(const http::Request& request);
    Decision list_directory(const http::Request& request);
    Decision refuse(const http::Request& request, content::FindError error);
    http::Response answer_whole(const http::Request& request, const Found& found, http::Coding coding);
    Decision complete(const http::Request& request, const Found& found, http::Coding coding, http::Response response,
                      std::string_view further_fields);
    http::Response answer_ranges(const Found& found, const http::RangeSet& ranges);

    const content::FileRoot& root_;
    content::RepresentationCache& cache_;
    const base::Clock& clock_;
    StaticFilesConfig config_;
    content::DigestQueue* digests_;
    std::string index_path_;       ///< reused, so that "/" costs no allocation
    std::uint64_t next_boundary_;  ///< from a random start
};

/// 301 to the path with a slash behind it, the query kept: relative links in a directory work only there.
[[nodiscard]] http::Response redirect_to_directory(const http::Request& request);

}  // namespace handlers
