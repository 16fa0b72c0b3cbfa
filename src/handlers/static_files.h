// GET and HEAD of what lies below the root: files with conditions, ranges and codings, directories as their index file
// or a listing. Called by the router.
#pragma once

#include <string>

#include "base/clock.h"
#include "content/file_root.h"
#include "content/representation_cache.h"
#include "handlers/handler.h"

namespace handlers {

struct StaticFilesConfig {
    std::string index_name = "index.html";
    /// What a directory without an index file answers.
    enum class Listing : std::uint8_t { shown, forbidden } listing = Listing::shown;
};

class StaticFiles final : public Handler {
public:
    /// The references must outlive this and every response made by it.
    StaticFiles(const content::FileRoot& root, content::RepresentationCache& cache, const base::Clock& clock,
                StaticFilesConfig config);

    /// `request.method` is GET or HEAD; anything else is answered 405.
    Decision handle(const http::Request& request) override;

private:
    Decision serve_directory(const http::Request& request);
    Decision redirect_to_directory(const http::Request& request) const;

    const content::FileRoot& root_;
    content::RepresentationCache& cache_;
    const base::Clock& clock_;
    StaticFilesConfig config_;
    std::string index_path_;  ///< reused, so that "/" costs no allocation
};

}  // namespace handlers
