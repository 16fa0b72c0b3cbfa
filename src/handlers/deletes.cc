// Deletes: what is refused at once, and the answer after the directory's sync.
#include "handlers/deletes.h"

#include <utility>

#include "content/file_removal.h"
#include "handlers/error_page.h"

namespace handlers {
namespace {

class DeleteAnswer final : public http::PendingResponse {
public:
    explicit DeleteAnswer(content::FileRemoval removal) : removal_(std::move(removal)) {}

    std::optional<http::Response> advance(http::Wake wake) override {
        const auto result = removal_.advance(wake);
        if (!result) return std::nullopt;
        if (!*result) return refusal_response(nullptr, result->error());
        http::Response response;
        response.status = http::Status::no_content;
        return response;
    }

private:
    content::FileRemoval removal_;
};

}  // namespace

Decision Deletes::handle(const http::Request& request, std::string_view path) {
    if (path == "/") return error_response(&request, http::Status::forbidden, "the root itself is not deleted.");
    if (content::is_hidden(path)) return error_response(&request, http::Status::not_found, "there is no such file.");
    auto removal = content::FileRemoval::open(parts_, path, content::WriteConditions(request));
    if (!removal) return refusal_response(&request, removal.error());
    return std::make_unique<DeleteAnswer>(std::move(*removal));
}

}  // namespace handlers
