// The response after a commit.
#include "uploads/upload_answer.h"

#include <utility>

#include "handler/error_page.h"
#include "http/target.h"
#include "uploads/upload_time.h"

namespace uploads {

std::optional<http::Response> UploadAnswer::advance(http::Wake wake) {
    const auto result = commit_->advance(wake);
    if (!result) return std::nullopt;
    if (!*result) return handler::refusal_response(nullptr, result->error());
    const storage::FileCommit::Stored& stored = **result;
    http::Response response;
    if (!repr_digest_.empty()) response.add("Repr-Digest", repr_digest_);
    if (stored.keeps_time) response.add(kTimeField, "accepted");
    if (tells_ == Admission::Tells::nothing) {
        response.status = http::Status::created;
        return response;
    }
    // The bytes are stored as they came, so the tag may stand here (RFC 9110 §9.3.4).
    response.add("ETag", stored.entity_tag);
    response.status = http::Status::no_content;
    if (stored.how == storage::FileCommit::Stored::How::created) {
        response.status = http::Status::created;
        const std::string& path = commit_->path();
        if (location_.ends_with('/')) location_.append(path, path.rfind('/') + 1);
        response.add("Location", http::encode_path(location_));
    }
    return response;
}

http::Changes UploadAnswer::take_changes() {
    std::optional<http::Change> change = commit_->take_change();
    if (change) change->digest = repr_digest_.empty() ? std::move(noted_digest_) : std::move(repr_digest_);
    return http::changes_of(std::move(change));
}

}  // namespace uploads
