// A media type, a bound, and then memory.
#include "dav/xml_body.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/ascii.h"
#include "dav/xml_reader.h"
#include "handler/error_page.h"
#include "handler/kept_request.h"
#include "handler/ready_answer.h"
#include "handler/small_body.h"

namespace dav {
namespace {

using http::FieldName;
using http::Refusal;
using http::Status;

constexpr Refusal kNoXml{Status::unsupported_media_type, "the body is XML: application/xml or text/xml."};
constexpr Refusal kTooLarge{Status::content_too_large, "the body has at most 65536 bytes."};

bool is_xml(std::string_view value) {
    const std::string_view type = base::trim_blanks(value.substr(0, std::min(value.find(';'), value.size())));
    return base::equals_ignoring_case(type, "application/xml") || base::equals_ignoring_case(type, "text/xml");
}

class XmlBody final : public handler::SmallBodySink {
public:
    XmlBody(const http::Request& request, handler::SmallBody body, XmlAnswer answer)
        : SmallBodySink(std::move(body)), request_(request), answer_(std::move(answer)) {}

    [[nodiscard]] Refusal incomplete() const override {
        return {Status::bad_request, "the body ended before its announced end."};
    }

private:
    std::unique_ptr<http::PendingResponse> answer(std::string body) override { return answer_(request_.get(), body); }
    std::unique_ptr<http::PendingResponse> refuse(const Refusal& refusal) override {
        return std::make_unique<handler::ReadyAnswer>(handler::refusal_response(&request_.get(), refusal));
    }

    handler::KeptRequest request_;
    XmlAnswer answer_;
};

}  // namespace

handler::Decision take_xml_body(const http::Request& request, XmlAnswer answer) {
    const auto type = request.find(FieldName::content_type);
    if (type && !is_xml(*type)) return handler::refusal_response(&request, kNoXml);
    if (request.body_length().value_or(0) > kMostXmlBytes) return handler::refusal_response(&request, kTooLarge);
    auto body = handler::SmallBody::of(request, kMostXmlBytes);
    if (!body) return std::move(body.error());
    return std::make_unique<XmlBody>(request, std::move(*body), std::move(answer));
}

}  // namespace dav
