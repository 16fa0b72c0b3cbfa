// PUT and POST of files below the root. Everything that can be refused is refused before a byte of the body was read;
// then the body streams into a FileSink, is checked against its digests, and is answered once it is durable.
// Called by the router.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "content/file_sink.h"
#include "handlers/handler.h"
#include "handlers/site_config.h"

namespace handlers {

class ResumableUploads;

class Uploads {
public:
    /// All must outlive this and every sink made by it.
    Uploads(const content::WriteParts& parts, const SiteConfig& config, ResumableUploads& resumable)
        : parts_(parts), config_(config), resumable_(resumable) {}

    /// `request.method` is PUT or POST, and uploads are allowed. `path`: the file's, which may differ from the request's
    /// ("/files/…"); Location repeats the request's. A POST to a directory (a slash at the end) stores its body there,
    /// under the name in Content-Disposition or a generated one, or every file of a form.
    Decision handle(const http::Request& request, std::string_view path);

private:
    [[nodiscard]] std::optional<http::Response> refuse_before_body(const http::Request& request,
                                                                   std::string_view path) const;
    Decision take_form(const http::Request& request, std::string_view path);
    Decision store(const http::Request& request, std::string_view path, std::string location,
                   content::OnConflict on_conflict);
    [[nodiscard]] std::string generate_name();

    const content::WriteParts& parts_;
    const SiteConfig& config_;
    ResumableUploads& resumable_;
    std::uint64_t generated_ = 0;  ///< names made so far
};

}  // namespace handlers
