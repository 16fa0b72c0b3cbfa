// What an answer holds is seen by its status and fields, whoever made it.
#include "site/share_uses.h"

#include <cerrno>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "handler/error_page.h"
#include "handler/ready_answer.h"
#include "http/upload_fields.h"
#include "site/share_words.h"

namespace site {
namespace {

using http::Status;
using Uses = http::SharedPath::Uses;

constexpr http::Refusal kNotNoted{Status::service_unavailable,
                                  "the use of this link could not be noted on the disk; try again later."};

/// Waits until the use is on the disk, and then gives the answer.
class NotedAnswer final : public http::PendingResponse {
public:
    NotedAnswer(storage::DiskQueue& disk, base::SharedFd file, http::Response response)
        : disk_(disk), file_(std::move(file)), response_(std::move(response)) {}

    [[nodiscard]] bool may_be_given_up() const override { return true; }
    std::optional<http::Response> advance(http::Wake wake) override {
        if (noted_ == nullptr) noted_ = disk_.sync_data(std::move(file_), wake);
        if (!noted_->done) return std::nullopt;
        if (noted_->error != 0) return handler::refusal_response(nullptr, kNotNoted);
        return std::move(response_);
    }

private:
    storage::DiskQueue& disk_;
    base::SharedFd file_;
    http::Response response_;
    storage::SyncTicket noted_;
};

/// What is kept of a request with a link, until its answer is known.
struct Asked {
    std::shared_ptr<const http::SharedPath> shared;
    bool is_for_folder = false;
};

/// Of an answer with content: several parts count like one with the first byte.
bool begins_later(const http::Response& response) {
    const auto range = response.find("Content-Range");
    return response.status == Status::partial_content && range && !range->starts_with("bytes 0-");
}

/// What a folder answers is a listing, unless it is a file (its index) or an archive to keep.
bool is_use(const Asked& asked, const http::Response& response) {
    if (response.status != Status::ok && response.status != Status::partial_content) return false;
    return !asked.is_for_folder || !response.prepared.path.empty() || response.find("Content-Disposition");
}

/// Counts a use in the file that is returned. A failure refuses only where uses are limited.
std::expected<base::SharedFd, http::Refusal> take_use(const ShareParts& parts, const http::SharedPath& shared) {
    auto file = parts.store.take_use(shared.id, parts.clock.unix_seconds());
    if (file) ++parts.counts.used;
    const bool is_over = !file && (file.error() == EDQUOT || file.error() == ENOENT);
    if (shared.uses == Uses::unlimited && !is_over) return base::SharedFd();
    if (file) return std::move(*file);
    if (is_over) ++parts.counts.refused;
    return std::unexpected(is_over ? kLinkIsOver : kNotNoted);
}

/// Notes the use that `response` is, in the file that is returned; null where it is none. A link that is used up gives
/// nothing but the rest of an interrupted download, not even a listing.
std::expected<base::SharedFd, http::Refusal> settle(const ShareParts& parts, const Asked& asked,
                                                    const http::Response& response) {
    const bool may_go_on = asked.shared->uses == Uses::resumed;
    const bool is_counted = asked.shared->uses == Uses::counted;
    if (!is_counted && begins_later(response)) return base::SharedFd();
    if (is_use(asked, response)) return take_use(parts, *asked.shared);
    if (!may_go_on) return base::SharedFd();
    const auto link = parts.store.read(asked.shared->id);
    if (link && !link->is_used_up()) return base::SharedFd();
    const bool is_over = link || link.error() == ENOENT;
    if (is_over) ++parts.counts.refused;
    return std::unexpected(is_over ? kLinkIsOver : kNotNoted);
}

/// What was dropped is whole: the use is noted, and then it is stored. It goes on to its end when its client leaves.
class StoredDrop final : public http::PendingResponse {
public:
    /// `noted`: the file of the link, or null where nobody waits for it.
    StoredDrop(storage::DiskQueue& disk, base::SharedFd noted, std::unique_ptr<http::BodySink> sink,
               std::string_view trailers)
        : disk_(disk), noted_(std::move(noted)), sink_(std::move(sink)), trailers_(trailers) {}

    [[nodiscard]] std::size_t memory_bytes() const override {
        return work_ ? work_->memory_bytes() : sink_->memory_bytes();
    }
    std::optional<http::Response> advance(http::Wake wake) override {
        if (!work_) {
            if (noted_ != nullptr) sync_ = disk_.sync_data(std::exchange(noted_, nullptr), wake);
            if (sync_ != nullptr && !sync_->done) return std::nullopt;
            if (sync_ != nullptr && sync_->error != 0) return handler::refusal_response(nullptr, kNotNoted);
            work_ = sink_->finish(trailers_);
        }
        return work_->advance(wake);
    }
    [[nodiscard]] http::Changes take_changes() override { return work_ ? work_->take_changes() : http::Changes(); }

private:
    storage::DiskQueue& disk_;
    base::SharedFd noted_;
    storage::SyncTicket sync_;
    std::unique_ptr<http::BodySink> sink_;
    std::string trailers_;
    std::unique_ptr<http::PendingResponse> work_;  ///< of the sink, once the use is noted
};

/// Takes what is dropped. The use is taken at the end, so an interrupted upload costs none.
class DropSink final : public http::BodySink {
public:
    DropSink(const ShareParts& parts, std::shared_ptr<const http::SharedPath> shared,
             std::unique_ptr<http::BodySink> sink)
        : parts_(parts), shared_(std::move(shared)), sink_(std::move(sink)) {}

    std::expected<void, http::Refusal> write(std::span<const std::byte> block) override { return sink_->write(block); }
    bool catch_up() override { return sink_->catch_up(); }
    [[nodiscard]] std::size_t memory_bytes() const override { return sink_->memory_bytes(); }
    std::optional<http::Interim> take_interim() override { return sink_->take_interim(); }
    [[nodiscard]] http::Refusal incomplete() const override { return sink_->incomplete(); }

    std::unique_ptr<http::PendingResponse> finish(std::string_view trailers) override {
        auto file = take_use(parts_, *shared_);
        if (!file) return std::make_unique<handler::ReadyAnswer>(handler::refusal_response(nullptr, file.error()));
        if (parts_.durability == storage::Durability::none) file->reset();
        return std::make_unique<StoredDrop>(parts_.disk, std::move(*file), std::move(sink_), trailers);
    }

private:
    ShareParts parts_;
    std::shared_ptr<const http::SharedPath> shared_;
    std::unique_ptr<http::BodySink> sink_;
};

/// A part of a resumable upload is none: its end is.
bool is_whole_drop(const http::Request& request) { return http::UploadFields::of(request).complete.value_or(true); }

/// An answer that comes later: only then is it known whether it is a use.
class LaterAnswer final : public http::PendingResponse {
public:
    LaterAnswer(const ShareParts& parts, Asked asked, std::unique_ptr<http::PendingResponse> answer)
        : parts_(parts), asked_(std::move(asked)), answer_(std::move(answer)) {}

    [[nodiscard]] bool may_be_given_up() const override { return noted_ || answer_->may_be_given_up(); }
    [[nodiscard]] std::size_t memory_bytes() const override { return answer_->memory_bytes(); }
    std::optional<http::Response> advance(http::Wake wake) override {
        if (noted_) return noted_->advance(wake);
        auto response = answer_->advance(wake);
        if (!response) return std::nullopt;
        auto file = settle(parts_, asked_, *response);
        if (!file) return handler::refusal_response(nullptr, file.error());
        if (*file == nullptr || parts_.durability == storage::Durability::none) return response;
        noted_.emplace(parts_.disk, std::move(*file), std::move(*response));
        return noted_->advance(wake);
    }

private:
    ShareParts parts_;
    Asked asked_;
    std::unique_ptr<http::PendingResponse> answer_;
    std::optional<NotedAnswer> noted_;
};

}  // namespace

handler::Decision ShareUses::note(const http::Request& request, handler::Decision decision) {
    if (request.shared->gives == http::LinkGives::dropping) return note_drop(request, std::move(decision));
    if (request.method != http::Method::get) return decision;
    Asked asked{request.shared, request.path().ends_with('/')};
    if (auto* const later = std::get_if<std::unique_ptr<http::PendingResponse>>(&decision)) {
        return std::make_unique<LaterAnswer>(parts_, std::move(asked), std::move(*later));
    }
    auto* const response = std::get_if<http::Response>(&decision);
    if (response == nullptr) return decision;
    auto file = settle(parts_, asked, *response);
    if (!file) return handler::refusal_response(&request, file.error());
    if (*file == nullptr || parts_.durability == storage::Durability::none) return decision;
    return std::make_unique<NotedAnswer>(parts_.disk, std::move(*file), std::move(*response));
}

handler::Decision ShareUses::note_drop(const http::Request& request, handler::Decision decision) const {
    auto* const sink = std::get_if<std::unique_ptr<http::BodySink>>(&decision);
    if (sink == nullptr || !is_whole_drop(request)) return decision;
    return std::make_unique<DropSink>(parts_, request.shared, std::move(*sink));
}

}  // namespace site
