// Waiting for the disk, and the words of the draft.
#include "uploads/resumption_answers.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>
#include <vector>

#include "base/file_io.h"
#include "handler/error_page.h"
#include "http/request.h"
#include "http/target.h"
#include "storage/write_conditions.h"
#include "storage/write_error.h"
#include "uploads/upload_time.h"

namespace uploads {
namespace {

using http::Refusal;
using http::Status;

/// How much is read and hashed before the other connections have their turn: well under a millisecond.
constexpr std::size_t kHashSliceBytes = 256 * 1024;
/// All that is hashed in one turn of the loop, however many uploads end at once.
constexpr std::uint64_t kHashTurnBytes = 4 * kHashSliceBytes;
/// How much is taken back before the other connections have their turn: a tenth of a millisecond for each MiB.
constexpr std::uint64_t kTruncationSliceBytes = 4 * 1024 * 1024;

constexpr Refusal kGone{Status::gone, "what was kept of the upload is not what it was; begin it again."};
constexpr std::string_view kOutOfReach =
    "what is kept of the upload cannot be looked at now; it stays, try again later.";
constexpr int kRetrySeconds = 10;

/// True when the same end, tried again, would be refused again.
bool is_final(Status status) {
    switch (status) {
        case Status::bad_request:
        case Status::precondition_failed:
        case Status::content_too_large:
        case Status::uri_too_long:
        case Status::unsupported_media_type: return true;
        default: return false;
    }
}

std::int64_t seconds_left(const UploadStore& store, const UploadStore::Upload& upload) {
    return std::max<std::int64_t>(upload.expires_s - store.parts().clock.unix_seconds(), 0);
}

/// The creating request, as far as it matters at the end: its method and the fields that were kept.
class StoredRequest {
public:
    explicit StoredRequest(const UploadState& state) {
        request_.method = http::parse_method(state.method);
        for (const http::FieldView field : state.fields) {
            const http::Slice name = keep(field.name);
            // A state holds no more fields than a request.
            static_cast<void>(request_.fields.add({name, keep(field.value), http::find_field_name(field.name)}));
        }
        request_.text = text_;
    }
    StoredRequest(const StoredRequest&) = delete;
    StoredRequest& operator=(const StoredRequest&) = delete;
    [[nodiscard]] const http::Request& get() const { return request_; }

private:
    http::Slice keep(std::string_view part) {
        const auto offset = static_cast<std::uint32_t>(text_.size());
        text_.append(part);
        return {offset, static_cast<std::uint32_t>(part.size())};
    }

    std::string text_;
    http::Request request_;
};

http::Change upload_change(http::Change::Action action, const UploadStore::Upload& upload) {
    http::Change change;
    change.action = action;
    change.path = upload_location(upload);
    return change;
}

}  // namespace

void add_limit(http::FieldList& fields, const UploadStore& store, const UploadStore::Upload& upload,
               std::uint64_t max_bytes) {
    fields.add("Upload-Limit", http::upload_limit_value(max_bytes, seconds_left(store, upload)));
}

void state_completeness(http::Response& response, bool is_complete) {
    if (!response.find("Upload-Complete")) response.add("Upload-Complete", is_complete ? "?1" : "?0");
}

http::Response refuse_incomplete(const http::Refusal& refusal) {
    http::Response response = handler::refusal_response(nullptr, refusal);
    state_completeness(response, false);
    return response;
}

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
    return handler::refusal_response(
        request,
        {Status::not_found, "there is no such upload; it was cancelled, has expired, or its address is another."});
}

http::Response out_of_reach(const http::Request* request, int error) {
    static const storage::ErrorSentences sentences("what is kept of an upload cannot be looked at (", ")");
    http::Response response = handler::unavailable(request, kOutOfReach, kRetrySeconds);
    response.reason = error == 0 ? kOutOfReach : sentences.of(error);
    return response;
}

Refusal keeping_refusal(int error) {
    static const storage::ErrorSentences sentences(
        "the disk failed (", ") to keep what arrived; HEAD on the upload tells how much is kept.");
    const Refusal refusal = storage::write_refusal(error);
    const bool is_known = refusal.status == Status::service_unavailable ||
                          refusal.status == Status::insufficient_storage || refusal.status == Status::content_too_large;
    return is_known ? refusal : Refusal{Status::internal_server_error, sentences.of(error)};
}

http::Response without_bytes(UploadStore& store, Upload& upload, const BytesError& error,
                             const http::Request* request) {
    if (error.kind == BytesError::Kind::out_of_reach) return out_of_reach(request, error.number);
    switch (store.settle_gone(upload)) {
        case UploadStore::Settled::complete: return complete_response(store, upload);
        case UploadStore::Settled::unknown: return out_of_reach(request, error.number);
        case UploadStore::Settled::removed: break;
    }
    return handler::refusal_response(request, kGone);
}

std::optional<http::Response> OffsetAnswer::advance(http::Wake wake) {
    if (!sync_.advance(wake)) return std::nullopt;
    const UploadStore::Upload* const upload = store_.find(sync_.number());
    if (upload == nullptr) return unknown_upload(nullptr);
    if (sync_.error() != 0) return refuse_incomplete(keeping_refusal(sync_.error()));
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
    if (telling_.told == Told::created || telling_.told == Told::appended) {
        change_ = upload_change(http::Change::Action::append, *upload);
        change_->bytes = sync_.offset();
    }
    state_completeness(response, false);
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
    if (!response && step_ == Step::noting) response = note(wake);
    if (!response && step_ == Step::committing) {
        if (commit_ == nullptr) response = begin_commit();
        if (!response) response = commit_->advance(wake);
    }
    if (!response) return std::nullopt;
    return end(std::move(*response));
}

/// A response only when the commit is already over.
std::optional<http::Response> CompletionAnswer::begin() {
    Upload& upload = *store_.find(number_);  // busy uploads are not removed
    auto state = store_.read_state(upload);
    if (!state) return out_of_reach(nullptr, state.error().number);
    state_ = std::move(*state);
    step_ = Step::noting;
    if (repr_digest_) upload.found = FoundDigests{upload.offset, *repr_digest_, {}};
    if (upload.found && upload.found->bytes == upload.offset) return std::nullopt;
    return begin_hashing();
}

std::optional<http::Response> CompletionAnswer::begin_hashing() {
    Upload& upload = *store_.find(number_);
    const StoredRequest request(state_);
    auto digests = handler::BodyDigests::of(request.get());
    if (!digests) return handler::refusal_response(nullptr, digests.error());
    if (!digests->any()) {
        upload.found = FoundDigests{upload.offset, {}, {}};
        return std::nullopt;
    }
    digests_ = std::move(*digests);
    step_ = Step::hashing;
    return std::nullopt;
}

std::optional<http::Response> CompletionAnswer::hash(http::Wake wake) {
    const std::uint64_t end = store_.find(number_)->offset;
    if (!store_.take_from_turn(std::min<std::uint64_t>(end - hashed_, kHashSliceBytes), kHashTurnBytes)) {
        store_.parts().disk.wakes().wake(wake);
        return std::nullopt;
    }
    std::vector<std::byte> block(static_cast<std::size_t>(std::min<std::uint64_t>(end - hashed_, kHashSliceBytes)));
    const auto got = base::read_or_fail(bytes_->file.get(), hashed_, block);
    if (!got || *got != block.size()) return out_of_reach(nullptr, got ? 0 : got.error());
    digests_->update(block);
    hashed_ += block.size();
    if (hashed_ < end) {
        store_.parts().disk.wakes().wake(wake);
        return std::nullopt;
    }
    if (const auto refusal = digests_->finish()) return handler::refusal_response(nullptr, *refusal);
    store_.find(number_)->found = FoundDigests{end, digests_->repr_digest(), digests_->computed()};
    step_ = Step::noting;
    return std::nullopt;
}

/// The state says durably which file is about to get its name: after a crash the next process can tell whether the file
/// was published.
std::optional<http::Response> CompletionAnswer::note(http::Wake wake) {
    Upload& upload = *store_.find(number_);
    if (!noted_) {
        const int error = store_.note_publishing(upload, state_, bytes_->file.get());
        if (error != 0) return handler::refusal_response(nullptr, keeping_refusal(error));
        noted_.emplace(store_, number_, bytes_);
    }
    if (!noted_->advance(wake)) return std::nullopt;
    if (noted_->error() != 0) return handler::refusal_response(nullptr, keeping_refusal(noted_->error()));
    step_ = Step::committing;
    return std::nullopt;
}

/// From here on it is committed as every upload is.
std::optional<http::Response> CompletionAnswer::begin_commit() {
    const Upload& upload = *store_.find(number_);
    const StoredRequest request(state_);
    base::Fd file(::fcntl(bytes_->file.get(), F_DUPFD_CLOEXEC, 0));
    if (!file) return handler::refusal_response(nullptr, storage::write_refusal(errno));
    const auto admission = gate_.admit_file(state_.target, state_.on_conflict, WriteGate::Named::by_request);
    if (!admission) return handler::refusal_response(nullptr, admission.error());
    auto sink = storage::FileSink::resume(
        store_.parts(), state_.target,
        storage::TemporaryFile::adopt(std::move(file), bytes_->directory.get(), partial_name(number_)),
        std::shared_ptr<const base::Fd>(bytes_, &bytes_->directory), upload.offset,
        storage::WriteConditions(request.get()), admission->on_conflict);
    if (!sink) return handler::refusal_response(nullptr, sink.error());
    const auto modified_s =
        find_upload_time(request.get(), LastModified::is_ignored, store_.parts().clock.unix_seconds());
    if (modified_s && *modified_s) sink->keep_time(**modified_s);
    commit_ = std::make_unique<UploadAnswer>(std::move(*sink).finish(), state_.location, upload.found->repr_digest,
                                             admission->tells);
    commit_->note_digest(upload.found->computed);
    return std::nullopt;
}

http::Response CompletionAnswer::end(http::Response response) {
    if (commit_ != nullptr) changes_ = commit_->take_changes();
    commit_.reset();
    Upload& upload = *store_.find(number_);
    if (http::code(response.status) / 100 == 2) {
        upload.found.reset();
        store_.set_complete(upload);
        store_.sync_in_background(number_, bytes_);
    } else if (is_final(response.status)) {
        store_.remove(upload, UploadEvent::ruined);
    } else {
        // Nothing is lost: the client may try the end again.
        store_.move(upload, UploadEvent::end_put_off);
        response.add("Upload-Complete", "?0");
        return response;
    }
    // This response is about the file, not about the upload.
    response.add("Upload-Complete", "?1");
    return response;
}

std::optional<http::Response> TakingBack::advance(http::Wake wake) {
    // Busy uploads are not removed.
    UploadStore::Upload& upload = *store_.find(number_);
    const std::uint64_t shorter = std::max(begin_, upload.offset - std::min(upload.offset, kTruncationSliceBytes));
    int error = EINTR;
    while (error == EINTR) {
        error = ::ftruncate(bytes_->file.get(), static_cast<off_t>(shorter)) == 0 ? 0 : errno;
    }
    if (error != 0) {
        store_.put_off_taking_back(upload, begin_);
        return std::move(refused_);
    }
    UploadStore::shorten(upload, shorter);
    if (upload.offset > begin_) {
        store_.parts().disk.wakes().wake(wake);
        return std::nullopt;
    }
    store_.move(upload, UploadEvent::taken_back);
    return std::move(refused_);
}

/// What a 204 says is gone stays gone after a power loss.
std::optional<http::Response> AfterCommit::remove(Upload& upload, http::Wake wake) {
    const auto directories = store_.directories_of(upload);
    http::Change change = upload_change(http::Change::Action::remove, upload);
    if (!store_.remove(upload, UploadEvent::cancelled)) return out_of_reach(nullptr);
    change_ = std::move(change);
    removing_.emplace();
    if (store_.parts().durability != storage::Durability::none) {
        removing_->sync_directories(store_.parts().disk, directories, wake);
    }
    return removed();
}

/// nullopt: the disk works.
std::optional<http::Response> AfterCommit::removed() const {
    if (!removing_->done()) return std::nullopt;
    if (removing_->error() != 0) {
        return handler::refusal_response(
            nullptr, {Status::internal_server_error, "the upload is gone, but the disk failed to make that durable."});
    }
    http::Response response;
    response.status = Status::no_content;
    return response;
}

std::optional<http::Response> AfterCommit::advance(http::Wake wake) {
    if (telling_ != nullptr) return telling_->advance(wake);
    if (removing_) return removed();
    UploadStore::Upload* const upload = store_.find(number_);
    if (upload == nullptr) return unknown_upload(nullptr);
    if (upload->is_busy()) {
        if (std::ranges::find(upload->waiting, wake) == upload->waiting.end()) upload->waiting.push_back(wake);
        return std::nullopt;
    }
    if (upload->phase() == UploadPhase::away) return out_of_reach(nullptr);
    if (then_ == Then::remove) return remove(*upload, wake);
    if (upload->phase() == UploadPhase::complete) return complete_response(store_, *upload);
    auto bytes = store_.open_bytes(*upload);
    if (!bytes) return without_bytes(store_, *upload, bytes.error(), nullptr);
    telling_ = std::make_unique<OffsetAnswer>(store_, *upload, std::move(*bytes),
                                              OffsetAnswer::Telling{OffsetAnswer::Told::retrieved, max_bytes_, 0});
    return telling_->advance(wake);
}

}  // namespace uploads
