// From the request to a source.
#include "archives/archives.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "archives/archive_source.h"
#include "archives/tar_archive.h"
#include "archives/zip_archive.h"
#include "handler/error_page.h"
#include "http/conditional.h"
#include "http/content_disposition.h"
#include "media/encoding_source.h"
#include "trees/tree_walk.h"

namespace archives {
namespace {

using http::Status;

constexpr int kRetrySeconds = 10;

struct Appearance {
    std::string_view extension;
    std::string_view media_type;
};

Appearance appearance_of(ArchiveForm form) {
    switch (form) {
        case ArchiveForm::zip: return {".zip", "application/zip"};
        case ArchiveForm::tar: return {".tar", "application/x-tar"};
        case ArchiveForm::tar_gz: return {".tar.gz", "application/gzip"};
    }
    return {};
}

/// The last name of a path that ends in '/'.
std::string_view name_of(std::string_view path) {
    path.remove_suffix(1);
    const std::string_view name = path.substr(path.rfind('/') + 1);
    return name.empty() ? "archive" : name;
}

std::unique_ptr<ArchiveFormat> format_of(ArchiveForm form, http::MemoryHold notes) {
    if (form == ArchiveForm::zip) return std::make_unique<ZipArchive>(std::move(notes));
    return std::make_unique<TarArchive>();
}

/// An archive has no validators: what will be in it is not known yet.
std::optional<http::Response> check_conditions(const http::Request& request, const base::Clock& clock) {
    http::Response response;
    switch (http::evaluate_preconditions(request.fields, request.text, request.method,
                                         {.etag = {}, .last_modified = {}, .exists = true}, clock.unix_seconds())) {
        case http::Precondition::proceed: return std::nullopt;
        case http::Precondition::not_modified: response.status = Status::not_modified; return response;
        case http::Precondition::precondition_failed: break;
    }
    return handler::error_response(&request, Status::precondition_failed,
                                   "an archive is made anew each time, so it is not the version that the request "
                                   "names.");
}

}  // namespace

handler::Decision Archives::send(const http::Request& request, base::Fd directory, ArchiveForm form) {
    if (auto refused = check_conditions(request, clock_)) return std::move(*refused);
    http::MemoryHold hold(share_, request.client.key);
    if (!hold.grow(trees::kWalkBytes + (form == ArchiveForm::tar_gz ? media::kEncodingSourceBytes : 0))) {
        return handler::unavailable(&request, "too many archives are being made; ask again later.", kRetrySeconds);
    }
    trees::TreeWalk walk({.root = root_,
                          .grants = config_.grants,
                          .client = handler::Client::of(request),
                          .index_name = config_.index_name,
                          .path = std::string(request.path())},
                         std::move(directory));
    std::unique_ptr<http::BodySource> source = std::make_unique<ArchiveSource>(
        std::move(walk), format_of(form, http::MemoryHold(share_, request.client.key)), clock_, std::move(hold));
    if (form == ArchiveForm::tar_gz) {
        source = std::make_unique<media::EncodingSource>(std::move(source), media::DeflateEncoder::Format::gzip,
                                                         std::max(config_.compression_level, 1));
    }
    const Appearance appearance = appearance_of(form);
    http::Response response;
    response.add("Content-Type", appearance.media_type);
    response.add("Content-Disposition",
                 http::attachment_disposition(std::string(name_of(request.path())).append(appearance.extension)));
    response.add("X-Content-Type-Options", "nosniff");
    response.add("Cache-Control", "no-cache");
    // Also for HEAD: the head is then that of GET, and nothing is pulled.
    response.body = std::move(source);
    return response;
}

}  // namespace archives
