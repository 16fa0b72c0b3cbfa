// The answers about resumable uploads that wait for the disk: an offset, the end of an upload, or the end of another
// request's commit. Made by ResumableUploads and AppendSink.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "handler/body_digests.h"
#include "http/body.h"
#include "http/response.h"
#include "http/upload_fields.h"
#include "uploads/upload_answer.h"
#include "uploads/upload_store.h"
#include "uploads/upload_sync.h"
#include "uploads/write_gate.h"

namespace uploads {

/// Upload resources are below it.
inline constexpr std::string_view kUploadsPath = "/.godwit/uploads/";
/// The address of an upload resource.
[[nodiscard]] std::string upload_location(const UploadStore::Upload& upload);
/// Location and Upload-Limit, as the first 104 has them; Upload-Offset, as the later ones.
[[nodiscard]] http::FieldList announcement_fields(const UploadStore& store, const UploadStore::Upload& upload,
                                                  std::uint64_t max_bytes);
[[nodiscard]] http::FieldList progress_fields(std::uint64_t offset);
/// Adds Upload-Limit: the most bytes that an upload may have (0: no bound), and how long this one is kept.
void add_limit(http::FieldList& fields, const UploadStore& store, const UploadStore::Upload& upload,
               std::uint64_t max_bytes);
/// Adds Upload-Complete, which every answer to a request of a resumable upload has (§4.4.2 of the draft), where it is
/// not there yet.
void state_completeness(http::Response& response, bool is_complete);
/// The answer of a refusal after which the upload is not complete.
[[nodiscard]] http::Response refuse_incomplete(const http::Refusal& refusal);
/// A problem of §7 of the draft, as application/problem+json; the offsets are told for mismatching_offset only.
[[nodiscard]] http::Response problem_response(http::Status status, http::UploadProblem problem,
                                              std::uint64_t expected = 0, std::uint64_t provided = 0);
[[nodiscard]] http::Response inconsistent_length();
/// What a complete upload answers to HEAD.
[[nodiscard]] http::Response complete_response(const UploadStore& store, const UploadStore::Upload& upload);
/// 404 for a token that names nothing.
[[nodiscard]] http::Response unknown_upload(const http::Request* request);
/// 503 for an upload that cannot be looked at now, for the errno `error` where one is known.
[[nodiscard]] http::Response out_of_reach(const http::Request* request, int error = 0);
/// What the client is told when bytes or notes of an upload could not be kept: those of before stay.
[[nodiscard]] http::Refusal keeping_refusal(int error);
/// The response after UploadStore::open_bytes() failed with `error`: 503, 410, or that the upload is complete. The
/// upload may be removed then.
[[nodiscard]] http::Response without_bytes(UploadStore& store, Upload& upload, const BytesError& error,
                                           const http::Request* request);

/// Tells the offset once it is durable.
class OffsetAnswer final : public http::PendingResponse {
public:
    enum class Told : std::uint8_t {
        retrieved,   ///< 204 to HEAD
        created,     ///< 201 with Location
        appended,    ///< 204 to PATCH
        mismatched,  ///< 409: the client was elsewhere
    };
    struct Telling {
        Told told;
        std::uint64_t max_bytes;
        std::uint64_t provided;  ///< the client's offset, for `mismatched`
    };

    OffsetAnswer(UploadStore& store, const UploadStore::Upload& upload, std::shared_ptr<const PartialFile> bytes,
                 const Telling& telling)
        : store_(store), telling_(telling), sync_(store, upload.number, std::move(bytes)) {}
    std::optional<http::Response> advance(http::Wake wake) override;
    [[nodiscard]] http::Changes take_changes() override { return http::changes_of(std::move(change_)); }

private:
    UploadStore& store_;
    Telling telling_;
    UploadSync sync_;
    std::optional<http::Change> change_;
};

/// All bytes are in: checks the digests, commits the file, and answers as the creating request would have been
/// answered.
class CompletionAnswer final : public http::PendingResponse {
public:
    /// `repr_digest`: the value of Repr-Digest for the answer, of a body that was hashed while it came; nullopt: the
    /// digests that the creating request stated or wanted are to be computed by reading the file.
    CompletionAnswer(UploadStore& store, std::uint64_t number, std::shared_ptr<const PartialFile> bytes,
                     std::optional<std::string> repr_digest, WriteGate gate)
        : store_(store),
          number_(number),
          bytes_(std::move(bytes)),
          repr_digest_(std::move(repr_digest)),
          gate_(std::move(gate)) {}
    std::optional<http::Response> advance(http::Wake wake) override;
    [[nodiscard]] http::Changes take_changes() override { return std::move(changes_); }

private:
    enum class Step : std::uint8_t { beginning, hashing, noting, committing };

    std::optional<http::Response> begin();
    std::optional<http::Response> begin_hashing();
    std::optional<http::Response> hash(http::Wake wake);
    std::optional<http::Response> note(http::Wake wake);
    std::optional<http::Response> begin_commit();
    http::Response end(http::Response response);

    UploadStore& store_;
    std::uint64_t number_;
    std::shared_ptr<const PartialFile> bytes_;
    std::optional<std::string> repr_digest_;  ///< of a body that was hashed while it came
    WriteGate gate_;                          ///< the rights may have changed since the beginning
    UploadState state_;
    std::optional<handler::BodyDigests> digests_;
    std::uint64_t hashed_ = 0;
    std::optional<UploadSync> noted_;
    std::unique_ptr<UploadAnswer> commit_;
    http::Changes changes_;
    Step step_ = Step::beginning;
};

/// Takes back a part with a wrong digest, slice by slice, then answers with `refusal`. The upload's phase is
/// taking_back meanwhile.
class TakingBack final : public http::PendingResponse {
public:
    /// `begin`: where the part begins.
    TakingBack(UploadStore& store, std::uint64_t number, std::shared_ptr<const PartialFile> bytes, std::uint64_t begin,
               http::Response refused)
        : store_(store), number_(number), bytes_(std::move(bytes)), begin_(begin), refused_(std::move(refused)) {}
    std::optional<http::Response> advance(http::Wake wake) override;

private:
    UploadStore& store_;
    std::uint64_t number_;
    std::shared_ptr<const PartialFile> bytes_;
    std::uint64_t begin_;
    http::Response refused_;
};

/// Waits for the commit that another request began, then answers HEAD or DELETE.
class AfterCommit final : public http::PendingResponse {
public:
    enum class Then : std::uint8_t { tell, remove };

    AfterCommit(UploadStore& store, std::uint64_t number, Then then, std::uint64_t max_bytes)
        : store_(store), number_(number), then_(then), max_bytes_(max_bytes) {}
    std::optional<http::Response> advance(http::Wake wake) override;
    [[nodiscard]] http::Changes take_changes() override { return http::changes_of(std::move(change_)); }

private:
    std::optional<http::Response> remove(Upload& upload, http::Wake wake);
    [[nodiscard]] std::optional<http::Response> removed() const;

    UploadStore& store_;
    std::uint64_t number_;
    Then then_;
    std::uint64_t max_bytes_;
    std::unique_ptr<OffsetAnswer> telling_;
    std::optional<storage::DiskOperations> removing_;  ///< it is removed, and that is made durable
    std::optional<http::Change> change_;
};

}  // namespace uploads
