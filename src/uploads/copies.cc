// Copies: what is refused at once, and the answer after the sync of the directory.
#include "uploads/copies.h"

#include <sys/stat.h>

#include <utility>

#include "handler/error_page.h"
#include "http/dav_fields.h"
#include "uploads/form_answer.h"

namespace uploads {
namespace {

using http::Refusal;
using http::Status;

constexpr Refusal kNoBody{Status::unsupported_media_type, "COPY takes no content; send it without a body."};
constexpr Refusal kWrongDepth{Status::bad_request, "a copy has Depth 0 or infinity, or leaves it out."};
constexpr Refusal kNotWithSlash{Status::not_found, "a file has no slash at the end, also where it is copied to."};
constexpr Refusal kTooMany{Status::too_many_requests,
                           "too many copies from your address are under way: try again when some are done."};
constexpr Refusal kTooManyTrees{Status::service_unavailable,
                                "too many folders are being copied: try again when some are done."};

/// What a copy counts for.
struct Shares {
    http::ClientShares::Share copy;
    http::ClientShares::Share tree;
};

/// Copy: storage::FileCopy or storage::TreeCopy.
template <class Copy>
class CopyAnswer final : public http::PendingResponse {
public:
    CopyAnswer(std::unique_ptr<Copy> copy, const http::Request& request, std::string location, Shares shares)
        : shares_(std::move(shares)), copy_(std::move(copy)), request_(request), location_(std::move(location)) {}

    std::optional<http::Response> advance(http::Wake wake) override {
        const auto result = copy_->advance(wake);
        if (!result) return std::nullopt;
        const http::Request& request = request_.get();
        if (!*result) return handler::refusal_response(&request, result->error());
        if (request.method == http::Method::post && handler::prefers_html(request)) return see_directory(request);
        const bool is_new = **result == Copy::How::created;
        http::Response response;
        response.status = is_new ? Status::created : Status::no_content;
        if (is_new) response.add("Location", location_);
        return response;
    }
    [[nodiscard]] bool may_be_given_up() const override { return copy_->is_copying(); }
    [[nodiscard]] http::Changes take_changes() override { return http::changes_of(copy_->take_change()); }

private:
    Shares shares_;
    std::unique_ptr<Copy> copy_;
    handler::KeptRequest request_;
    std::string location_;
};

/// A link to one is none.
bool is_folder(const storage::FileRoot& root, std::string_view path) {
    if (path.ends_with('/')) path.remove_suffix(1);
    const auto found = root.stat_name_inside(path);
    return found && S_ISDIR(found->st_mode);
}

template <class Copy>
std::unique_ptr<http::PendingResponse> make_answer(std::unique_ptr<Copy> copy, const http::Request& request,
                                                   std::string location, Shares shares) {
    return std::make_unique<CopyAnswer<Copy>>(std::move(copy), request, std::move(location), std::move(shares));
}

}  // namespace

std::expected<std::unique_ptr<http::PendingResponse>, Refusal> Copies::begin(
    const http::Request& request, Wanted wanted, storage::MoveRules rules, const storage::WriteConditions& conditions) {
    const WriteGate gate(config_, parts_.root, handler::Client::of(request));
    const auto admitted = gate.admit_copy(wanted.source, wanted.destination, rules);
    if (!admitted) return std::unexpected(admitted.error());
    rules = *admitted;
    const bool is_over_folder = !rules.folders_stay && rules.overwrite != http::Overwrite::refused &&
                                is_folder(parts_.root, wanted.destination);
    const bool is_tree = wanted.source.ends_with('/') || is_over_folder;
    if (!is_tree && wanted.destination.ends_with('/')) return std::unexpected(kNotWithSlash);
    const http::ClientKey client = request.client.key;
    if (shares_.copies.of(client) >= kMaxCopiesPerClient) {
        ++shares_.over_share;
        return std::unexpected(kTooMany);
    }
    if (is_tree) {
        // Its descriptors are not among those of the connections.
        const http::ClientKey nobody;
        if (shares_.trees.of(nobody) >= kMaxTreeCopies) {
            ++shares_.over_bound;
            return std::unexpected(kTooManyTrees);
        }
        auto copy = storage::TreeCopy::open(
            parts_, wanted.source, wanted.destination,
            {.rules = rules, .extent = wanted.extent, .most_file_bytes = config_.max_body.bytes()}, conditions);
        if (!copy) return std::unexpected(copy.error());
        return make_answer(std::move(*copy), request, std::move(wanted.location),
                           Shares{shares_.copies.count(client), shares_.trees.count(nobody)});
    }
    auto copy = storage::FileCopy::open(parts_, wanted.source, wanted.destination, rules, conditions);
    if (!copy) return std::unexpected(gate.refusal_at(wanted.destination, copy.error()));
    if (config_.max_body.is_exceeded_by((*copy)->bytes())) return std::unexpected(config_.max_body.refusal());
    return make_answer(std::move(*copy), request, std::move(wanted.location), Shares{shares_.copies.count(client), {}});
}

handler::Decision Copies::handle(const http::Request& request, Wanted wanted) {
    const auto refuse = [&request](const Refusal& refusal) { return handler::refusal_response(&request, refusal); };
    if (request.has_body()) return refuse(kNoBody);
    const auto overwrite = http::parse_overwrite(request);
    if (!overwrite) return refuse(overwrite.error());
    const auto depth = http::parse_depth(request);
    if (!depth || *depth == http::Depth::one) return refuse(kWrongDepth);
    if (*depth == http::Depth::zero) wanted.extent = storage::TreeCopy::Wish::Extent::empty;
    auto answer = begin(request, std::move(wanted), {storage::OnConflict::replace, *overwrite},
                        storage::WriteConditions(request));
    if (!answer) return refuse(answer.error());
    return std::move(*answer);
}

}  // namespace uploads
