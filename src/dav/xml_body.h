// Takes the body of a request that holds XML, whole. Called by properties.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "handler/handler.h"
#include "http/body.h"
#include "http/request.h"

namespace dav {

/// What gives the answer once the body is there.
using XmlAnswer = std::function<std::unique_ptr<http::PendingResponse>(const http::Request&, const std::string& body)>;

/// 413 for a body of more than kMostXmlBytes, 415 for one whose fields say that it is something else than XML, or
/// coded. Without Content-Type it is XML. What `answer` refers to must outlive the request.
[[nodiscard]] handler::Decision take_xml_body(const http::Request& request, XmlAnswer answer);

}  // namespace dav
