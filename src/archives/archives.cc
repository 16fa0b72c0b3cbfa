// From the request to a source.
#include "archives/archives.h"

#include <fcntl.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "archives/archive_source.h"
#include "archives/archive_version.h"
#include "archives/tar_archive.h"
#include "archives/zip_archive.h"
#include "handler/error_page.h"
#include "handler/kept_request.h"
#include "http/conditional.h"
#include "http/content_disposition.h"
#include "http/range.h"
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

/// Makes one archive, as often as it is asked to, each time from the beginning.
class Making {
public:
    Making(const storage::FileRoot& root, const base::Clock& clock, storage::DiskQueue& disk, http::MemoryShare& share,
           const ArchivesConfig& config, const http::Request& request, ArchiveForm form)
        : clock_(clock),
          disk_(disk),
          share_(share),
          client_(request.client.key),
          scope_({.root = root,
                  .grants = config.grants,
                  .client = handler::Client::of(request),
                  .index_name = config.index_name,
                  .path = std::string(request.path())}),
          form_(form) {}

    [[nodiscard]] const base::Clock& clock() const { return clock_; }
    [[nodiscard]] http::MemoryHold hold() const { return http::MemoryHold(share_, client_); }
    [[nodiscard]] std::unique_ptr<ArchiveFormat> format() const {
        if (form_ == ArchiveForm::zip) return std::make_unique<ZipArchive>(hold());
        return std::make_unique<TarArchive>();
    }
    [[nodiscard]] trees::TreeWalk walk(base::Fd directory) const { return {scope_, std::move(directory)}; }
    [[nodiscard]] std::unique_ptr<http::BodySource> source(
        base::Fd directory, http::MemoryHold hold, std::optional<PromisedArchive> promised = std::nullopt) const {
        return std::make_unique<ArchiveSource>(walk(std::move(directory)), format(), clock_, &disk_, std::move(hold),
                                               std::move(promised));
    }
    /// The fields that every answer with the archive has.
    [[nodiscard]] http::Response head() const {
        const Appearance appearance = appearance_of(form_);
        http::Response response;
        response.add("Content-Type", appearance.media_type);
        response.add("Content-Disposition",
                     http::attachment_disposition(std::string(name_of(scope_.path)).append(appearance.extension)));
        response.add("X-Content-Type-Options", "nosniff");
        return response;
    }

private:
    const base::Clock& clock_;
    storage::DiskQueue& disk_;
    http::MemoryShare& share_;
    http::ClientKey client_;
    trees::TreeScope scope_;
    ArchiveForm form_;
};

/// The fields that a 304 repeats. A cache has to ask each time, because nothing tells it when a file is added.
void add_validators(http::Response& response, const std::string& tag) {
    if (!tag.empty()) response.add("ETag", tag);
    response.add("Cache-Control", "no-cache");
}

/// `tag`: empty for an archive whose version is not known before it is sent.
std::optional<http::Response> check_conditions(const http::Request& request, const std::string& tag,
                                               const base::Clock& clock) {
    http::Response response;
    switch (http::evaluate_preconditions(request.fields, request.text, request.method,
                                         {.etag = tag, .last_modified = {}, .exists = true}, clock.unix_seconds())) {
        case http::Precondition::proceed: return std::nullopt;
        case http::Precondition::not_modified: response.status = Status::not_modified; break;
        case http::Precondition::precondition_failed:
            response =
                handler::error_response(&request, Status::precondition_failed,
                                        tag.empty() ? "this archive is made anew each time, so it is not the version "
                                                      "that the request names."
                                                    : "the archive is not the version that the request names.");
            break;
    }
    add_validators(response, tag);
    return response;
}

/// Measures an archive and then answers with it, or with the part of it that is asked for. What cannot be measured is
/// sent without a length.
class ArchiveAnswer final : public http::PendingResponse {
public:
    /// `measured` and `sent`: the folder, opened twice. `hold`: what a walk may take.
    ArchiveAnswer(Making making, const http::Request& request, base::WakeQueue& wakes, base::Fd measured, base::Fd sent,
                  http::MemoryHold hold)
        : making_(std::move(making)), request_(request), wakes_(wakes), sent_(std::move(sent)) {
        measure_.emplace(making_.walk(std::move(measured)), making_.format(), making_.clock(), std::move(hold));
    }

    [[nodiscard]] bool may_be_given_up() const override { return true; }
    [[nodiscard]] std::size_t memory_bytes() const override { return measure_ ? measure_->memory_bytes() : 0; }

    std::optional<http::Response> advance(http::Wake wake) override {
        switch (measure_->work()) {
            case ArchiveMeasure::Outcome::more: wakes_.wake(wake); return std::nullopt;
            case ArchiveMeasure::Outcome::measured: return answer();
            case ArchiveMeasure::Outcome::unknown: break;
        }
        if (auto refused = check_conditions(request_.get(), {}, making_.clock())) return refused;
        http::Response response = making_.head();
        add_validators(response, {});
        response.body = making_.source(std::move(sent_), take_hold());
        return response;
    }

private:
    /// The first walk is over before the second one begins.
    [[nodiscard]] http::MemoryHold take_hold() {
        http::MemoryHold hold = measure_->take_hold();
        measure_.reset();
        return hold;
    }

    http::Response answer() {
        const http::Request& request = request_.get();
        ArchiveVersion version = measure_->take_version();
        if (auto refused = check_conditions(request, version.tag, making_.clock())) return std::move(*refused);
        const http::RangeSet asked = http::decide_ranges(request.fields, request.text, request.method,
                                                         {.etag = version.tag, .last_modified = {}}, version.bytes,
                                                         making_.clock().unix_seconds());
        if (asked.kind == http::RangeSet::Kind::unsatisfiable) return refuse_range(version);
        http::Response response = making_.head();
        add_validators(response, version.tag);
        response.add("Accept-Ranges", "bytes");
        ArchivePart part{.first = 0, .length = version.bytes};
        // Several ranges would mean several walks at once: the whole is right, too (RFC 9110 §14.2).
        if (asked.items().size() == 1) {
            const http::ByteRange& range = asked.items().front();
            part = {.first = range.first, .length = range.length()};
            response.status = Status::partial_content;
            response.add("Content-Range", http::content_range(range, version.bytes));
        }
        // Also for HEAD: the head is then that of GET, and nothing is pulled.
        response.body = making_.source(std::move(sent_), take_hold(), PromisedArchive{std::move(version), part});
        return response;
    }

    [[nodiscard]] http::Response refuse_range(const ArchiveVersion& version) const {
        http::Response response = handler::error_response(
            &request_.get(), Status::range_not_satisfiable,
            "the archive has " + std::to_string(version.bytes) + " bytes, and the range begins behind them.");
        response.add("Content-Range", http::unsatisfied_content_range(version.bytes));
        return response;
    }

    Making making_;
    handler::KeptRequest request_;
    base::WakeQueue& wakes_;
    base::Fd sent_;
    std::optional<ArchiveMeasure> measure_;
};

}  // namespace

handler::Decision Archives::send(const http::Request& request, base::Fd directory, ArchiveForm form) {
    const bool is_coded = form == ArchiveForm::tar_gz;
    Making making(root_, clock_, disk_, share_, config_, request, form);
    http::MemoryHold hold = making.hold();
    if (!hold.grow(trees::kWalkBytes + (is_coded ? media::kEncodingSourceBytes : 0))) {
        return handler::unavailable(&request, "too many archives are being made; ask again later.", kRetrySeconds);
    }
    if (!is_coded) {
        base::Fd again(::openat(directory.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (!again) {
            return handler::unavailable(&request, "the directory could not be opened; ask again later.", kRetrySeconds);
        }
        return std::make_unique<ArchiveAnswer>(std::move(making), request, disk_.wakes(), std::move(again),
                                               std::move(directory), std::move(hold));
    }
    if (auto refused = check_conditions(request, {}, clock_)) return std::move(*refused);
    http::Response response = making.head();
    add_validators(response, {});
    // Also for HEAD: the head is then that of GET, and nothing is pulled.
    response.body = std::make_unique<media::EncodingSource>(making.source(std::move(directory), std::move(hold)),
                                                            media::DeflateEncoder::Format::gzip,
                                                            std::max(config_.compression_level, 1));
    return response;
}

}  // namespace archives
