// Answers Want-Repr-Digest and Want-Content-Digest of GET and HEAD (RFC 9530): adds the digests to a response for a
// file, at once when they are known, later when they must be made. Called by StaticFiles.
#pragma once

#include <memory>

#include "files/digest_queue.h"
#include "files/representation.h"
#include "handler/handler.h"
#include "http/request.h"

namespace files {

/// True when the request wants a digest of its answer.
[[nodiscard]] inline bool wants_digest(const http::Request& request) {
    return request.fields.has(http::FieldName::want_repr_digest) ||
           request.fields.has(http::FieldName::want_content_digest);
}

/// `response` is a 200 or 206 out of the form of `found` that `coding` names. Content-Digest is given where the content
/// is the whole representation: in a 200 to GET. Without a digest when none can be had: the field is a wish (§4).
/// `queue` must outlive the decision.
[[nodiscard]] handler::Decision with_digests(DigestQueue& queue, const http::Request& request,
                                             const std::shared_ptr<const Representation>& found, http::Coding coding,
                                             http::Response response);

}  // namespace files
