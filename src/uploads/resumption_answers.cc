// Waiting for the disk, and the words of the draft.
#include "uploads/resumption_answers.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>
#include <vector>

#include "base/file_io.h"
#include "handler/error_page.h"
#include "http/head_parser.h"
#include "http/target.h"
#include "storage/write_conditions.h"
#include "storage/write_error.h"

namespace uploads {
namespace {

using http::Refusal;
using http::Status;

/// What is read and hashed between two looks at the other connections: well under a millisecond.
constexpr std::size_t kHashSliceBytes = 256 * 1024;
/// All that is hashed in one turn of the loop, however many uploads end at once.
constexpr std::uint64_t kHashTurnBytes = 4 * kHashSliceBytes;
/// What is taken back between two looks at the other connections: a tenth of a millisecond for each MiB.
constexpr std::uint64_t kTruncationSliceBytes = 4 * 1024 * 1024;

constexpr Refusal kSyncFailed{Status::internal_server_error, "the disk failed to keep what arrived."};
constexpr Refusal kLost{Status::internal_server_error, "what is kept of the upload cannot be read; begin it again."};

std::int64_t seconds_left(const UploadStore& store, const UploadStore::Upload& upload) {
    return std::max<std::int64_t>(upload.expires_s - store.parts().clock.unix_seconds(), 0);
}

void add_limit(http::FieldList& fields, const UploadStore& store, const UploadStore::Upload& upload,
               std::uint64_t max_bytes) {
    fields.add("Upload-Limit", http::upload_limit_value(max_bytes, seconds_left(store, upload)));
}

/// The creating request, as far as it still matters.
class StoredRequest {
public:
    explicit StoredRequest(const UploadState& state)
        : text_(state.method + " / HTTP/1.1\r\nHost: x\r\n" + state.fields + "\r\n") {
        http::HeadParser parser;
        valid_ = parser.parse(text_, request_) == http::HeadParser::Outcome::complete;
    }
    StoredRequest(const StoredRequest&) = delete;
    StoredRequest& operator=(const StoredRequest&) = delete;
    [[nodiscard]] const http::Request* get() const { return valid_ ? &request_ : nullptr; }

private:
    std::string text_;
    http::Request request_;
    bool valid_ = false;
};

}  // namespace

std::string upload_location(const UploadStore::Upload& upload) {
    return std::string(kUploadsPath).append(UploadStore::token(upload));
}

http::FieldList announcement_fields(const UploadStore& store, const UploadStore::Upload& upload,
                                    std::uint64_t max_bytes) {
    http::FieldList fields;
    fields.add("Location", upload_location(upload));
    add_limit(fields, store, upload, max_bytes);
    fields.add("Upload-Draft-Interop-Version", std::to_string(http::kUploadInteropVersion));
    return fields;
}

http::FieldList progress_fields(std::uint64_t offset) {
    http::FieldList fields;
    fields.add("Upload-Offset", std::to_string(offset));
    fields.add("Upload-Draft-Interop-Version", std::to_string(http::kUploadInteropVersion));
    return fields;
}

http::Response problem_response(Status status, http::UploadProblem problem, std::uint64_t expected,
                                std::uint64_t provided) {
    http::Response response;
    response.status = status;
    response.add("Content-Type", "application/problem+json");
    response.body = http::Piece(http::upload_problem_json(problem, expected, provided));
    response.reason = "the request does not fit the upload's state";
    return response;
}

http::Response inconsistent_length() {
    return problem_response(Status::bad_request, http::UploadProblem::inconsistent_length);
}

http::Response complete_response(const UploadStore& store, const UploadStore::Upload& upload) {
    http::Response response;
    response.status = Status::no_content;
    response.add("Upload-Complete", "?1").add("Upload-Offset", std::to_string(upload.offset));
    response.add("Upload-Length", std::to_string(upload.offset));
    add_limit(response.fields, store, upload, 0);
    response.add("Cache-Control", "no-store");
    return response;
}

http::Response unknown_upload(const http::Request* request) {
    return handler::error_response(
        request, Status::not_found,
        "there is no such upload; it was cancelled, has expired, or its address is another.");
}

std::optional<http::Response> OffsetAnswer::advance(http::Wake wake) {
    if (!sync_.advance(wake)) return std::nullopt;
    const UploadStore::Upload* const upload = store_.find(sync_.number());
    if (upload == nullptr) return unknown_upload(nullptr);
    if (sync_.error() != 0) return handler::refusal_response(nullptr, kSyncFailed);
    http::Response response;
    switch (telling_.told) {
        case Told::mismatched:
            response = problem_response(Status::conflict, http::UploadProblem::mismatching_offset, sync_.offset(),
                                        telling_.provided);
            break;
        case Told::created:
            response.status = Status::created;
            response.add("Location", upload_location(*upload));
            break;
        case Told::retrieved:
        case Told::appended: response.status = Status::no_content; break;
    }
    if (telling_.told != Told::mismatched) response.add("Upload-Complete", "?0");
    response.add("Upload-Offset", std::to_string(sync_.offset()));
    if (upload->length) response.add("Upload-Length", std::to_string(*upload->length));
    add_limit(response.fields, store_, *upload, telling_.max_bytes);
    response.add("Cache-Control", "no-store");
    return response;
}

std::optional<http::Response> CompletionAnswer::advance(http::Wake wake) {
    std::optional<http::Response> response;
    if (step_ == Step::beginning) response = begin();
    if (!response && step_ == Step::hashing) response = hash(wake);
    if (!response && step_ == Step::committing) {
        if (commit_ == nullptr) response = begin_commit();
        if (!response) response = commit_->advance(wake);
    }
    if (!response) return std::nullopt;
    return end(std::move(*response));
}

/// Something only when it is over already.
std::optional<http::Response> CompletionAnswer::begin() {
    const UploadStore::Upload* const upload = store_.find(number_);
    auto state = upload != nullptr ? store_.read_state(*upload) : std::unexpected(storage::FileError{ENOENT});
    if (!state) return handler::refusal_response(nullptr, kLost);
    state_ = std::move(*state);
    step_ = Step::committing;
    if (repr_digest_) return std::nullopt;
    const StoredRequest request(state_);
    if (request.get() == nullptr) return handler::refusal_response(nullptr, kLost);
    auto digests = UploadDigests::of(*request.get());
    if (!digests) return handler::refusal_response(nullptr, digests.error());
    repr_digest_.emplace();
    if (!digests->any()) return std::nullopt;
    digests_ = std::move(*digests);
    step_ = Step::hashing;
    return std::nullopt;
}

std::optional<http::Response> CompletionAnswer::hash(http::Wake wake) {
    const std::uint64_t end = store_.find(number_)->offset;
    if (!store_.take_from_turn(std::min<std::uint64_t>(end - hashed_, kHashSliceBytes), kHashTurnBytes)) {
        store_.parts().disk.wake_later(wake);
        return std::nullopt;
    }
    std::vector<std::byte> block(static_cast<std::size_t>(std::min<std::uint64_t>(end - hashed_, kHashSliceBytes)));
    if (base::read_at(bytes_->file.get(), hashed_, block) != block.size())
        return handler::refusal_response(nullptr, kLost);
    digests_->update(block);
    hashed_ += block.size();
    if (hashed_ < end) {
        store_.parts().disk.wake_later(wake);
        return std::nullopt;
    }
    if (const auto refusal = digests_->finish({}, bytes_->file.get(), end))
        return handler::refusal_response(nullptr, *refusal);
    repr_digest_ = digests_->repr_digest();
    step_ = Step::committing;
    return std::nullopt;
}

/// From here on the way is that of every upload.
std::optional<http::Response> CompletionAnswer::begin_commit() {
    const UploadStore::Upload& upload = *store_.find(number_);
    const StoredRequest request(state_);
    struct stat status{};
    base::Fd file(::fcntl(bytes_->file.get(), F_DUPFD_CLOEXEC, 0));
    if (request.get() == nullptr || !file || ::fstat(file.get(), &status) != 0) {
        return handler::refusal_response(nullptr, kLost);
    }
    // So that a process that dies before it answers is known to have published.
    if (!store_.add_line(upload, length_line(upload.offset) + publishing_line(status.st_ino))) {
        return handler::refusal_response(nullptr, storage::write_refusal(ENOSPC));
    }
    auto sink = storage::FileSink::resume(
        store_.parts(), state_.target,
        storage::TemporaryFile::adopt(std::move(file), bytes_->directory.get(), partial_name(number_)),
        std::shared_ptr<const base::Fd>(bytes_, &bytes_->directory), upload.offset,
        storage::WriteConditions(*request.get()), state_.on_conflict);
    if (!sink) return handler::refusal_response(nullptr, sink.error());
    commit_ = std::make_unique<UploadAnswer>(std::move(*sink).finish(), state_.location, std::move(*repr_digest_));
    return std::nullopt;
}

http::Response CompletionAnswer::end(http::Response response) {
    commit_.reset();
    UploadStore::Upload* const upload = store_.find(number_);
    const int kind = http::code(response.status) / 100;
    if (upload == nullptr) return response;
    if (kind == 5) {
        // Nothing is lost: the client may try the end again.
        upload->phase = UploadStore::Phase::open;
        store_.wake_waiting(*upload);
        return response;
    }
    if (kind == 2) {
        store_.set_complete(*upload);
    } else {
        store_.remove(*upload);
    }
    // This is the file's answer, not the upload's.
    response.add("Upload-Complete", "?1");
    return response;
}

std::optional<http::Response> TakingBack::advance(http::Wake wake) {
    // Busy uploads are not removed.
    UploadStore::Upload& upload = *store_.find(number_);
    upload.offset = std::max(begin_, upload.offset - std::min(upload.offset, kTruncationSliceBytes));
    if (::ftruncate(bytes_->file.get(), static_cast<off_t>(upload.offset)) != 0) {
        store_.remove(upload);
        return handler::refusal_response(nullptr, refusal_);
    }
    if (upload.offset > begin_) {
        store_.parts().disk.wake_later(wake);
        return std::nullopt;
    }
    upload.phase = UploadStore::Phase::open;
    store_.wake_waiting(upload);
    return handler::refusal_response(nullptr, refusal_);
}

std::optional<http::Response> AfterCommit::advance(http::Wake wake) {
    if (telling_ != nullptr) return telling_->advance(wake);
    UploadStore::Upload* const upload = store_.find(number_);
    if (upload == nullptr) return unknown_upload(nullptr);
    if (upload->is_busy()) {
        if (std::ranges::find(upload->waiting, wake) == upload->waiting.end()) upload->waiting.push_back(wake);
        return std::nullopt;
    }
    if (then_ == Then::remove) {
        store_.remove(*upload);
        http::Response response;
        response.status = Status::no_content;
        return response;
    }
    if (upload->phase == UploadStore::Phase::complete) return complete_response(store_, *upload);
    auto bytes = store_.open_bytes(*upload);
    if (!bytes) return handler::refusal_response(nullptr, kLost);
    telling_ = std::make_unique<OffsetAnswer>(store_, *upload, std::move(*bytes),
                                              OffsetAnswer::Telling{OffsetAnswer::Told::retrieved, max_bytes_, 0});
    return telling_->advance(wake);
}

}  // namespace uploads
