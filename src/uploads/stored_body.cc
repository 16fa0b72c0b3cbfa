// Reads a body again.
#include "uploads/stored_body.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/file_io.h"
#include "http/response.h"

namespace uploads {
namespace {

constexpr http::Refusal kNotRead{http::Status::internal_server_error, "the digest could not be computed."};

/// Reads the body slice by slice, then waits for what follows.
class ReadingAgain final : public http::PendingResponse {
public:
    ReadingAgain(base::WakeQueue& wakes, handler::BodyDigests digests, const StoredBody& body, AfterDigests then)
        : wakes_(wakes), digests_(std::move(digests)), body_(body), then_(std::move(then)) {
        digests_.begin_again();
    }

    std::optional<http::Response> advance(http::Wake wake) override {
        if (next_ == nullptr && !read_slice()) {
            wakes_.wake(wake);
            return std::nullopt;
        }
        return next_->advance(wake);
    }
    [[nodiscard]] std::size_t memory_bytes() const override { return next_ == nullptr ? 0 : next_->memory_bytes(); }
    [[nodiscard]] http::Changes take_changes() override { return next_->take_changes(); }

private:
    /// True when what follows has begun.
    bool read_slice() {
        std::vector<std::byte> slice(
            static_cast<std::size_t>(std::min<std::uint64_t>(body_.end - body_.begin, kReadAgainBytes)));
        if (!base::read_exactly(body_.file, body_.begin, slice)) {
            next_ = then_(digests_, kNotRead);
            return true;
        }
        digests_.update(slice);
        body_.begin += slice.size();
        if (body_.begin < body_.end) return false;
        const auto fault = digests_.finish();
        next_ = then_(digests_, fault);
        return true;
    }

    base::WakeQueue& wakes_;
    handler::BodyDigests digests_;
    StoredBody body_;  ///< what is left of it
    AfterDigests then_;
    std::unique_ptr<http::PendingResponse> next_;  ///< null while it is read
};

}  // namespace

std::optional<DigestCheck> check_digests(handler::BodyDigests& digests, std::string_view trailers,
                                         const StoredBody& body) {
    if (const auto fault = digests.take_trailers(trailers)) return DigestCheck{fault};
    if (!digests.lacks_some()) return DigestCheck{digests.finish()};
    if (body.end - body.begin > kMaxReadAgainBytes) return DigestCheck{handler::kDigestUnannounced};
    return std::nullopt;
}

std::unique_ptr<http::PendingResponse> read_again(base::WakeQueue& wakes, handler::BodyDigests digests,
                                                  const StoredBody& body, AfterDigests then) {
    return std::make_unique<ReadingAgain>(wakes, std::move(digests), body, std::move(then));
}

}  // namespace uploads
