// Deletes: what is refused at once, and the answer after the directory's sync.
#include "uploads/deletes.h"

#include <utility>

#include "handler/error_page.h"
#include "storage/file_removal.h"
#include "uploads/write_gate.h"

namespace uploads {
namespace {

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
    if (const auto fault = gate.find_removal_fault(path, WriteGate::Named::by_request))
        return handler::refusal_response(&request, *fault);
    auto removal = storage::FileRemoval::open(parts_, path, storage::WriteConditions(request));
    if (!removal) return handler::refusal_response(&request, removal.error());
    return std::make_unique<DeleteAnswer>(std::move(*removal));
}

}  // namespace uploads
