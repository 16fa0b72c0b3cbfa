// GET and HEAD of what lies below the root: files with conditions, ranges and codings, and directories that have an
// index file. Called by the router, which asks listings/ about other directories.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/fd.h"
#include "files/digest_queue.h"
#include "files/representation_cache.h"
#include "handler/handler.h"
#include "handler/rights.h"
#include "http/accept_encoding.h"
#include "http/range.h"
#include "media/media_type.h"
#include "storage/file_root.h"

namespace files {

struct StaticFilesConfig {
    std::string index_name = "index.html";
    bool clean_urls = false;  ///< "/about" is about.html, and "/about.html" and "/about/" lead there
    bool spa = false;         ///< routes get the root's index
    std::shared_ptr<const media::MediaTypes> media_types = media::MediaTypes::built_in();
    std::shared_ptr<const handler::PathRights> grants;  ///< null: everybody may read everything
};

/// Answers for a directory that has no index file. Implemented by the route table.
class DirectoryAnswers {
public:
    virtual handler::Decision answer_directory(base::Fd directory) = 0;

protected:
    ~DirectoryAnswers() = default;
};

class StaticFiles {
public:
    /// The references must outlive this and every response made by it.
    /// `digests` makes the digests that clients want; without one they get none.
    StaticFiles(const storage::FileRoot& root, RepresentationCache& cache, const base::Clock& clock,
                StaticFilesConfig config, DigestQueue* digests = nullptr);

    /// `request.method` is GET or HEAD; anything else is answered 405. The path is not hidden. `directories` is asked
    /// when the path is a directory without an index file.
    handler::Decision read(const http::Request& request, DirectoryAnswers& directories);

    /// For any method and a path that holds %2F: it names no file, so it is a route of the application or a mistake.
    handler::Decision answer_escaped_slash(const http::Request& request);

private:
    using Found = std::shared_ptr<const Representation>;

    [[nodiscard]] std::expected<Found, FindError> find(const http::Request& request, std::string_view path);
    /// Where others may read the page at `path` and this client may not: the refusal that it gets at that path. The
    /// same whether something is there or not.
    [[nodiscard]] std::optional<http::Response> refuse_page(const http::Request& request, std::string_view path) const;
    std::optional<handler::Decision> find_route(const http::Request& request);

    /// What the answer depends on besides Accept-Encoding.
    enum class Varies : std::uint8_t { no, by_navigation };

    handler::Decision serve(const http::Request& request, const Found& found, Varies varies = Varies::no);
    handler::Decision answer_missing(const http::Request& request);
    [[nodiscard]] std::optional<http::Response> redirect_to_clean_path(const http::Request& request) const;
    std::optional<handler::Decision> find_page(const http::Request& request);
    handler::Decision serve_directory(const http::Request& request, DirectoryAnswers& directories);
    handler::Decision open_directory(const http::Request& request, DirectoryAnswers& directories);
    handler::Decision refuse(const http::Request& request, FindError error);
    /// `ranges` is null for the whole.
    handler::Decision complete(const http::Request& request, const Found& found, http::Coding coding,
                               const http::RangeSet* ranges, Varies varies);
    void fill_whole(http::Response& response, const http::Request& request, const Found& found, http::Coding coding);
    void fill_ranges(http::Response& response, const Found& found, const http::RangeSet& ranges);

    const storage::FileRoot& root_;
    RepresentationCache& cache_;
    const base::Clock& clock_;
    StaticFilesConfig config_;
    DigestQueue* digests_;
    std::string index_path_;       ///< reused, so that "/" costs no allocation
    std::uint64_t next_boundary_;  ///< from a random start
};

/// 301 to the path with a slash behind it, the query kept: relative links in a directory work only there.
[[nodiscard]] http::Response redirect_to_directory(const http::Request& request);

}  // namespace files
