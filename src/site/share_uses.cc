// What an answer holds is seen by its status and fields, whoever made it.
#include "site/share_uses.h"

#include <cerrno>
#include <memory>
#include <optional>
#include <utility>

#include "files/download_digests.h"
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
    NotedAnswer(storage::DiskQueue& disk, base::SharedFd file, handler::Decision decision)
        : disk_(disk), file_(std::move(file)), decision_(std::move(decision)) {}

    [[nodiscard]] bool may_be_given_up() const override { return true; }
    std::optional<http::Response> advance(http::Wake wake) override {
        if (file_ != nullptr && noted_ == nullptr) noted_ = disk_.sync_data(std::move(file_), wake);
        if (noted_ != nullptr) {
            if (!noted_->done) return std::nullopt;
            if (noted_->error != 0) return handler::refusal_response(nullptr, kNotNoted);
            noted_.reset();
        }
        if (auto* const response = std::get_if<http::Response>(&decision_)) return std::move(*response);
        return std::get<std::unique_ptr<http::PendingResponse>>(decision_)->advance(wake);
    }

private:
    storage::DiskQueue& disk_;
    base::SharedFd file_;
    handler::Decision decision_;  ///< a response, or one that comes later
    storage::SyncTicket noted_;
};

/// Of an answer with content: several parts count like one with the first byte.
bool begins_later(const http::Response& response) {
    const auto range = response.find("Content-Range");
    return response.status == Status::partial_content && range && !range->starts_with("bytes 0-");
}

bool is_use(const http::Request& request, const handler::Decision& decision) {
    if (request.method != http::Method::get) return false;
    const auto* const response = std::get_if<http::Response>(&decision);
    // A file with its digest comes later, and so does a listing, which is no use.
    if (response == nullptr) {
        return std::holds_alternative<std::unique_ptr<http::PendingResponse>>(decision) && files::wants_digest(request);
    }
    if (response->status != Status::ok && response->status != Status::partial_content) return false;
    return request.shared->uses != Uses::resumed || !begins_later(*response);
}

}  // namespace

handler::Decision ShareUses::note(const http::Request& request, handler::Decision decision) {
    if (request.shared->uses == Uses::unlimited || !is_use(request, decision)) return decision;
    auto file = parts_.store.take_use(request.shared->id, parts_.clock.unix_seconds());
    if (!file) {
        const bool is_over = file.error() == EDQUOT || file.error() == ENOENT;
        if (is_over) ++parts_.counts.refused;
        return handler::refusal_response(&request, is_over ? kLinkIsOver : kNotNoted);
    }
    ++parts_.counts.used;
    if (parts_.durability == storage::Durability::none) return decision;
    return std::make_unique<NotedAnswer>(parts_.disk, std::move(*file), std::move(decision));
}

}  // namespace site
