// Deletes: what is refused at once, and the answer after the directory's sync.
#include "uploads/deletes.h"

#include <utility>

#include "handler/error_page.h"
#include "http/dav_fields.h"
#include "storage/file_removal.h"
#include "uploads/write_gate.h"

namespace uploads {
namespace {

constexpr http::Refusal kWholeTreesOnly{
    http::Status::bad_request,
    "a directory is deleted with all that it holds, by Depth: infinity, or empty, without Depth."};

class DeleteAnswer final : public http::PendingResponse {
public:
    explicit DeleteAnswer(storage::FileRemoval removal) : removal_(std::move(removal)) {}

    std::optional<http::Response> advance(http::Wake wake) override {
        const auto result = removal_.advance(wake);
        if (!result) return std::nullopt;
        if (!*result) return handler::refusal_response(nullptr, result->error());
        http::Response response;
        response.status = http::Status::no_content;
        return response;
    }
    [[nodiscard]] http::Changes take_changes() override { return http::changes_of(removal_.take_change()); }

private:
    storage::FileRemoval removal_;
};

}  // namespace

handler::Decision Deletes::handle(const http::Request& request, std::string_view path) {
    const WriteGate gate(config_, parts_.root, handler::Client::of(request));
    const auto depth = http::parse_depth(request);
    const bool is_directory = path.ends_with('/');
    const bool is_partial = !depth || *depth == http::Depth::zero || *depth == http::Depth::one;
    if (is_directory && is_partial) return handler::refusal_response(&request, kWholeTreesOnly);
    if (!depth) return handler::refusal_response(&request, depth.error());
    // RFC 4918 §9.6.1: without the field all of it is meant. Only programs that speak WebDAV rely on that.
    const bool means_all = *depth == http::Depth::infinity || (config_.speaks_dav && *depth == http::Depth::unstated);
    const bool takes_all = is_directory && means_all;
    const auto fault = takes_all ? gate.find_tree_removal_fault(path, WriteGate::Named::by_request)
                                 : gate.find_removal_fault(path, WriteGate::Named::by_request);
    if (fault) return handler::refusal_response(&request, *fault);
    using Extent = storage::FileRemoval::Extent;
    auto removal = storage::FileRemoval::open(parts_, path, storage::WriteConditions(request),
                                              takes_all ? Extent::tree : Extent::entry);
    if (!removal) return handler::refusal_response(&request, removal.error());
    return std::make_unique<DeleteAnswer>(std::move(*removal));
}

}  // namespace uploads
