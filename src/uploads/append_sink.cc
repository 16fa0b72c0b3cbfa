// Bytes into the upload, and what follows when they are all in.
#include "uploads/append_sink.h"

#include <utility>

#include "base/file_io.h"
#include "handler/error_page.h"
#include "handler/ready_answer.h"
#include "http/upload_fields.h"
#include "storage/write_error.h"
#include "uploads/stored_body.h"

namespace uploads {
namespace {

using http::Refusal;
using http::Status;

constexpr Refusal kTooLong{Status::bad_request,
                           "there are more bytes than the upload's length; the upload is cancelled."};
constexpr Refusal kTakenOver{
    Status::conflict,
    "another request to the upload came later and goes on in place of this one; HEAD tells the "
    "offset."};
/// Free space is checked again after this many bytes.
constexpr std::uint64_t kSpaceCheckBytes = 8 * 1024 * 1024;

}  // namespace

AppendSink::AppendSink(UploadStore& store, const UploadStore::Upload& upload, std::shared_ptr<const PartialFile> bytes,
                       handler::BodyDigests digests, const Setting& setting)
    : store_(store),
      number_(upload.number),
      generation_(upload.generation),
      bytes_(std::move(bytes)),
      digests_(std::move(digests)),
      setting_(setting),
      begin_(upload.offset),
      told_(upload.offset) {
    if (setting.role != Role::creates || setting.interims == Interims::unwanted) return;
    announcement_ =
        http::Interim{Status::upload_resumption_supported, announcement_fields(store, upload, setting.limit.bytes())};
}

/// nullptr when the upload is gone, or another request writes to it now.
UploadStore::Upload* AppendSink::current() const {
    UploadStore::Upload* const upload = store_.find(number_);
    return upload != nullptr && upload->generation == generation_ ? upload : nullptr;
}

std::expected<void, Refusal> AppendSink::write(std::span<const std::byte> block) {
    UploadStore::Upload* const upload = current();
    if (upload == nullptr) return std::unexpected(kTakenOver);
    const auto exceeds = [&](std::uint64_t bound) {
        return upload->offset > bound || block.size() > bound - upload->offset;
    };
    // Such an upload can never become whole.
    if (setting_.length && exceeds(*setting_.length)) {
        store_.remove(*upload, UploadEvent::ruined);
        return std::unexpected(kTooLong);
    }
    if (setting_.limit.bytes() > 0 && exceeds(setting_.limit.bytes())) {
        store_.remove(*upload, UploadEvent::ruined);
        return std::unexpected(setting_.limit.refusal());
    }
    digests_.update(block);
    return write_bytes(*upload, block);
}

std::expected<void, Refusal> AppendSink::write_bytes(UploadStore::Upload& upload, std::span<const std::byte> block) {
    if (auto refused = store_.unfinished().check(upload.held.client(), block.size()); !refused) return refused;
    if (const int error = base::write_at(bytes_->file.get(), upload.offset, block); error != 0) {
        return std::unexpected(keeping_refusal(error));
    }
    unchecked_ += block.size();
    store_.prolong(upload);
    store_.collect_syncs();
    // No offset is promised for bytes that a wrong digest may still take back.
    if (!digests_.any() && upload.offset - upload.synced >= store_.limits().sync_every_bytes) {
        store_.sync_in_background(number_, bytes_);
    }
    if (unchecked_ < kSpaceCheckBytes) return {};
    unchecked_ = 0;
    return store_.check_space(upload, bytes_->file.get(), 0);
}

std::optional<http::Interim> AppendSink::take_interim() {
    if (announcement_) return std::exchange(announcement_, std::nullopt);
    if (setting_.interims == Interims::unwanted || digests_.any()) return std::nullopt;
    const UploadStore::Upload* const upload = current();
    if (upload == nullptr || upload->synced < told_ + store_.limits().sync_every_bytes) return std::nullopt;
    told_ = upload->synced;
    return http::Interim{Status::upload_resumption_supported, progress_fields(told_)};
}

Refusal AppendSink::incomplete() const {
    return {Status::bad_request,
            "the body ended before its announced end; what arrived is kept, and HEAD on the upload resource tells how "
            "much that is"};
}

/// The digest or the length shows that these are not the bytes that the client meant. A refused request changes
/// nothing.
std::unique_ptr<http::PendingResponse> AppendSink::take_back(UploadStore::Upload& upload, http::Response refused) {
    const bool is_all = begin_ == 0 && setting_.role == Role::creates;
    if (!is_all) {
        store_.move(upload, UploadEvent::taking_back_begun);
        return std::make_unique<TakingBack>(store_, number_, bytes_, begin_, std::move(refused));
    }
    store_.remove(upload, UploadEvent::ruined);
    return std::make_unique<handler::ReadyAnswer>(std::move(refused));
}

std::unique_ptr<http::PendingResponse> AppendSink::finish(std::string_view trailers) {
    UploadStore::Upload* const upload = current();
    if (upload == nullptr) return std::make_unique<handler::ReadyAnswer>(refuse_incomplete(kTakenOver));
    const StoredBody body{bytes_->file.get(), begin_, upload->offset};
    if (const auto check = check_digests(digests_, trailers, body)) return go_on(digests_, check->fault);
    auto digests = std::move(digests_);
    return read_again(store_.parts().disk.wakes(), std::move(digests), body,
                      [sink = AppendSink(std::move(*this))](const handler::BodyDigests& checked,
                                                            const std::optional<Refusal>& fault) mutable {
                          return sink.go_on(checked, fault);
                      });
}

/// Another request may have come while the body was read again.
std::unique_ptr<http::PendingResponse> AppendSink::go_on(const handler::BodyDigests& checked,
                                                         const std::optional<Refusal>& fault) {
    UploadStore::Upload* const upload = current();
    if (upload == nullptr) return std::make_unique<handler::ReadyAnswer>(refuse_incomplete(kTakenOver));
    if (fault) return take_back(*upload, refuse_incomplete(*fault));
    if (setting_.ends == Ends::whole) return complete(*upload, checked);
    if (setting_.length) store_.note_length(*upload, *setting_.length);
    const auto told = setting_.role == Role::creates ? OffsetAnswer::Told::created : OffsetAnswer::Told::appended;
    return std::make_unique<OffsetAnswer>(store_, *upload, bytes_,
                                          OffsetAnswer::Telling{told, setting_.limit.bytes(), 0});
}

std::unique_ptr<http::PendingResponse> AppendSink::complete(UploadStore::Upload& upload,
                                                            const handler::BodyDigests& checked) {
    if (setting_.length && *setting_.length != upload.offset) {
        http::Response refused = inconsistent_length();
        state_completeness(refused, false);
        return take_back(upload, std::move(refused));
    }
    upload.length = upload.offset;
    store_.move(upload, UploadEvent::end_begun);
    // A body that was the whole file was hashed while it streamed.
    const bool is_hashed = begin_ == 0 && setting_.role == Role::creates;
    return std::make_unique<CompletionAnswer>(
        store_, number_, bytes_, is_hashed ? std::optional(checked.repr_digest()) : std::nullopt, setting_.gate);
}

}  // namespace uploads
