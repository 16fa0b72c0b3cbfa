// The answer of an upload whose body is in: 201 or 204 after the commit, or a refusal. Made by the sink of Uploads and
// by CompletionAnswer.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "http/body.h"
#include "http/response.h"
#include "storage/file_commit.h"
#include "uploads/write_gate.h"

namespace uploads {

/// Waits for the commit, then answers 201 or 204 (RFC 9110 §9.3.4).
class UploadAnswer final : public http::PendingResponse {
public:
    /// `location`: decoded; with a slash at its end a directory's, to which the file's name is added. `repr_digest`:
    /// the value of Repr-Digest; empty: the answer has none.
    UploadAnswer(std::unique_ptr<storage::FileCommit> commit, std::string location, std::string repr_digest,
                 Admission::Tells tells)
        : commit_(std::move(commit)),
          location_(std::move(location)),
          repr_digest_(std::move(repr_digest)),
          tells_(tells) {}

    /// A digest that was computed and that the answer does not have, for the log.
    void note_digest(std::string digest) { noted_digest_ = std::move(digest); }
    std::optional<http::Response> advance(http::Wake wake) override;
    [[nodiscard]] http::Changes take_changes() override;

private:
    std::unique_ptr<storage::FileCommit> commit_;
    std::string location_;
    std::string repr_digest_;
    Admission::Tells tells_;
    std::string noted_digest_;
};

}  // namespace uploads
