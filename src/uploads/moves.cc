// Moves: what is refused at once, and the answer after the sync of both directories.
#include "uploads/moves.h"

#include <utility>

#include "handler/error_page.h"
#include "http/dav_fields.h"
#include "uploads/form_answer.h"

namespace uploads {
namespace {

using http::Refusal;
using http::Status;

constexpr Refusal kNoBody{Status::unsupported_media_type, "MOVE takes no content; send it without a body."};
constexpr Refusal kWholeTreesOnly{Status::bad_request,
                                  "a directory moves with all that it holds: Depth is infinity, or left out."};

class MoveAnswer final : public http::PendingResponse {
public:
    MoveAnswer(storage::EntryMove move, std::unique_ptr<const handler::KeptRequest> request, std::string location)
        : move_(std::move(move)), request_(std::move(request)), location_(std::move(location)) {}

    std::optional<http::Response> advance(http::Wake wake) override {
        const auto result = move_.advance(wake);
        if (!result) return std::nullopt;
        const http::Request& request = request_->get();
        if (!*result) return handler::refusal_response(&request, result->error());
        if (request.method == http::Method::post && handler::prefers_html(request)) return see_directory(request);
        const bool is_new = **result == storage::EntryMove::How::created;
        http::Response response;
        response.status = is_new ? Status::created : Status::no_content;
        if (is_new) response.add("Location", location_);
        return response;
    }
    [[nodiscard]] http::Changes take_changes() override { return http::changes_of(move_.take_change()); }

private:
    storage::EntryMove move_;
    std::unique_ptr<const handler::KeptRequest> request_;
    std::string location_;
};

}  // namespace

std::expected<storage::EntryMove, Refusal> begin_move(const storage::WriteParts& parts, const WriteGate& gate,
                                                      std::string_view source, std::string_view destination,
                                                      storage::MoveRules wanted, storage::WriteConditions conditions) {
    const auto rules = gate.admit_move(source, destination, wanted);
    if (!rules) return std::unexpected(rules.error());
    auto move = storage::EntryMove::open(parts, source, destination, *rules, std::move(conditions));
    if (!move) return std::unexpected(gate.refusal_at(destination, move.error()));
    return move;
}

std::unique_ptr<http::PendingResponse> make_move_answer(storage::EntryMove move,
                                                        std::unique_ptr<const handler::KeptRequest> request,
                                                        std::string location) {
    return std::make_unique<MoveAnswer>(std::move(move), std::move(request), std::move(location));
}

handler::Decision Moves::handle(const http::Request& request, std::string_view path, std::string_view destination,
                                std::string location) {
    const auto refuse = [&request](const Refusal& refusal) { return handler::refusal_response(&request, refusal); };
    if (request.has_body()) return refuse(kNoBody);
    const auto overwrite = http::parse_overwrite(request);
    if (!overwrite) return refuse(overwrite.error());
    const auto depth = http::parse_depth(request);
    const bool is_partial = !depth || *depth == http::Depth::zero || *depth == http::Depth::one;
    if (path.ends_with('/') && is_partial) return refuse(kWholeTreesOnly);
    if (!depth) return refuse(depth.error());
    const WriteGate gate(config_, parts_.root, handler::Client::of(request));
    auto move = begin_move(parts_, gate, path, destination, {storage::OnConflict::replace, *overwrite},
                           storage::WriteConditions(request));
    if (!move) return refuse(move.error());
    return make_move_answer(std::move(*move), std::make_unique<const handler::KeptRequest>(request),
                            std::move(location));
}

}  // namespace uploads
