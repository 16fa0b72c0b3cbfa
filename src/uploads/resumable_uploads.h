// Uploads that can be interrupted and go on (draft-ietf-httpbis-resumable-upload; docs/resumable-uploads.md): their
// creation by a PUT or POST with Upload-Complete, and their own resources below /.godwit/uploads/. Called by Uploads
// and the router.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "handler/handler.h"
#include "handler/write_rules.h"
#include "http/method.h"
#include "http/upload_fields.h"
#include "storage/file_sink.h"
#include "uploads/resumption_answers.h"
#include "uploads/upload_store.h"

namespace uploads {

class ResumableUploads {
public:
    /// All outlive this and every sink that it makes. Where uploads can be resumed the store finds those of an earlier
    /// process.
    ResumableUploads(const storage::WriteParts& parts, const handler::WriteRules& config, UploadStore& store);

    /// False when this server offers none.
    [[nodiscard]] bool is_on() const { return config_.allow_upload && config_.upload_expiry_s > 0; }
    /// True for the path of an upload resource, whether there is one or not.
    [[nodiscard]] bool owns(std::string_view path) const { return path.starts_with(kUploadsPath) && is_on(); }
    [[nodiscard]] static http::MethodSet allowed();
    /// Of all uploads, those that cannot be resumed among them.
    [[nodiscard]] UnfinishedBytes& unfinished() { return store_.unfinished(); }
    /// The token of the share link by which the upload at `path` was begun, a path that this owns; empty: by none, or
    /// there is no such upload.
    [[nodiscard]] std::string_view find_link_of(std::string_view path) const;

    /// The decision for a request that creates a resumable upload; nullopt for any other upload. The refusals that
    /// every upload can get were checked before. The arguments are those of Uploads::store().
    std::optional<handler::Decision> create(const http::Request& request, std::string_view path,
                                            std::string_view location, storage::OnConflict on_conflict,
                                            std::optional<std::int64_t> modified_s);
    /// A request to an upload resource, by one of allowed() but OPTIONS.
    handler::Decision handle(const http::Request& request);
    /// Adds to the response of OPTIONS that uploads here can be resumed, and their limits.
    void advertise(http::Response& response) const;
    /// The same for an upload resource, with the limits that are left to this upload. Of one that is not there, or is
    /// somebody else's, nothing is said.
    void advertise_upload(const http::Request& request, http::Response& response) const;
    /// Adds what every refusal of a request that creates an upload or appends to one has, whoever refused it: whether
    /// the upload is complete (§4.4.2 of the draft), and its limits. Of an upload that is not there, or is somebody
    /// else's, nothing is said. Leaves every other response as it is.
    void complete_refusal(const http::Request& request, http::Response& response);

private:
    using Upload = UploadStore::Upload;

    void add_limits(http::Response& response) const;
    /// The upload at the path of `request`; null: there is none, or it is somebody else's.
    [[nodiscard]] const Upload* find_own(const http::Request& request) const;

    [[nodiscard]] std::optional<http::Response> refuse_creation(const http::Request& request,
                                                                const http::UploadFields& fields,
                                                                std::optional<std::uint64_t>& whole) const;
    handler::Decision append(const http::Request& request, Upload& upload);
    [[nodiscard]] std::optional<http::Response> refuse_append(const http::Request& request, const Upload& upload,
                                                              const http::UploadFields& fields) const;
    [[nodiscard]] std::optional<http::Response> refuse_length(const http::Request& request, const Upload& upload,
                                                              const http::UploadFields& fields,
                                                              std::optional<std::uint64_t>& whole) const;

    const storage::WriteParts& parts_;
    const handler::WriteRules& config_;
    UploadStore& store_;
};

}  // namespace uploads
