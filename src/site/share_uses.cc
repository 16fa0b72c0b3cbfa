// What an answer holds is seen by its status and fields, whoever made it.
#include "site/share_uses.h"

#include <cerrno>
#include <expected>
#include <memory>
#include <optional>
#include <utility>

#include "handler/error_page.h"
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

/// Notes the use that `response` is, in the file that is returned; null where it is none. A link that is used up gives
/// nothing but the rest of an interrupted download, not even a listing.
std::expected<base::SharedFd, http::Refusal> settle(const ShareParts& parts, const Asked& asked,
                                                    const http::Response& response) {
    const bool may_go_on = asked.shared->uses == Uses::resumed;
    if (may_go_on && begins_later(response)) return base::SharedFd();
    int error = 0;
    base::SharedFd noted;
    if (is_use(asked, response)) {
        auto file = parts.store.take_use(asked.shared->id, parts.clock.unix_seconds());
        if (file) ++parts.counts.used;
        error = file ? 0 : file.error();
        if (file) noted = std::move(*file);
    } else if (may_go_on) {
        const auto link = parts.store.read(asked.shared->id);
        error = link ? (link->is_used_up() ? EDQUOT : 0) : link.error();
    }
    if (error == 0) return noted;
    const bool is_over = error == EDQUOT || error == ENOENT;
    if (is_over) ++parts.counts.refused;
    return std::unexpected(is_over ? kLinkIsOver : kNotNoted);
}

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
    if (request.shared->uses == Uses::unlimited || request.method != http::Method::get) return decision;
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

}  // namespace site
