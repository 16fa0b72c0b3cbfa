// A body that is needed whole before its request can be answered: a record, the form of an action or of a page, XML.
// It is kept in memory within a bound, and held to the digests that its client states. Made by the handlers of such
// bodies.
#pragma once

#include <cstddef>
#include <expected>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "handler/body_digests.h"
#include "http/body.h"
#include "http/framing.h"
#include "http/request.h"
#include "http/response.h"

namespace handler {

class SmallBody {
public:
    /// Of `request`, before its body is read. 415 for a coded one, 400 for a digest that cannot be understood.
    static std::expected<SmallBody, http::Response> of(const http::Request& request, std::size_t limit_bytes);

    /// Takes all of `block`, or refuses with 413.
    std::expected<void, http::Refusal> write(std::span<const std::byte> block);
    /// The body, which is all in. 400 when it has not the digests that its head or `trailers` state. Once.
    std::expected<std::string, http::Refusal> finish(std::string_view trailers);
    [[nodiscard]] std::size_t memory_bytes() const { return bytes_.capacity(); }

private:
    SmallBody(BodyDigests digests, std::size_t limit_bytes) : digests_(std::move(digests)), limit_bytes_(limit_bytes) {}

    BodyDigests digests_;
    std::size_t limit_bytes_;
    std::string bytes_;
};

/// A sink that answers when the whole of a small body is in.
class SmallBodySink : public http::BodySink {
public:
    explicit SmallBodySink(SmallBody body) : body_(std::move(body)) {}

    std::expected<void, http::Refusal> write(std::span<const std::byte> block) final { return body_.write(block); }
    std::unique_ptr<http::PendingResponse> finish(std::string_view trailers) final {
        auto whole = body_.finish(trailers);
        return whole ? answer(std::move(*whole)) : refuse(whole.error());
    }
    [[nodiscard]] std::size_t memory_bytes() const final { return body_.memory_bytes(); }

private:
    /// One of both is called, once.
    virtual std::unique_ptr<http::PendingResponse> answer(std::string body) = 0;
    virtual std::unique_ptr<http::PendingResponse> refuse(const http::Refusal& refusal) = 0;

    SmallBody body_;
};

}  // namespace handler
