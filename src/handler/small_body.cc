// The body is hashed while it comes, or at its end where a trailer alone says that it is to be.
#include "handler/small_body.h"

#include "handler/coded_body.h"
#include "handler/error_page.h"

namespace handler {

std::expected<SmallBody, http::Response> SmallBody::of(const http::Request& request, std::size_t limit_bytes) {
    if (auto refused = refuse_coded_body(request, "this takes no coded body; send it without Content-Encoding.")) {
        return std::unexpected(std::move(*refused));
    }
    auto digests = BodyDigests::of(request);
    if (!digests) return std::unexpected(refusal_response(&request, digests.error()));
    return SmallBody(std::move(*digests), limit_bytes);
}

std::expected<void, http::Refusal> SmallBody::write(std::span<const std::byte> block) {
    if (block.size() > limit_bytes_ - bytes_.size()) {
        return std::unexpected(
            http::Refusal{http::Status::content_too_large, "the body is longer than this resource takes."});
    }
    digests_.update(block);
    bytes_.append(reinterpret_cast<const char*>(block.data()), block.size());
    return {};
}

std::expected<std::string, http::Refusal> SmallBody::finish(std::string_view trailers) {
    if (const auto refusal = digests_.take_trailers(trailers)) return std::unexpected(*refusal);
    if (digests_.lacks_some()) {
        digests_.begin_again();
        digests_.update(std::as_bytes(std::span(bytes_)));
    }
    if (const auto refusal = digests_.finish()) return std::unexpected(*refusal);
    return std::move(bytes_);
}

}  // namespace handler
