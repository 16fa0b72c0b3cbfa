// Conditions of a write against what stat tells.
#include "content/write_conditions.h"

#include "content/validators.h"
#include "http/conditional.h"

namespace content {

WriteConditions::WriteConditions(const http::Request& request) {
    if (!http::has_precondition(request.fields)) return;
    kept_ = std::make_unique<const Kept>(Kept{request.method, request.fields, std::string(request.text)});
}

bool WriteConditions::hold(const std::optional<struct stat>& found, base::UnixNs now) const {
    if (!any()) return true;
    std::string tag;
    http::Validators validators{.exists = found.has_value()};
    if (found && S_ISREG(found->st_mode)) {
        // Our own versions carry a time of their own to the nanosecond (FileSink), so that a tag that was handed out
        // with 201 may be used at once; a tag from a GET is marked weak there while it is young, and never matches.
        tag = make_entity_tag(*found, false);
        validators.etag = tag;
        validators.last_modified = last_modified_seconds(*found, now);
    }
    return http::evaluate_preconditions(kept_->fields, kept_->text, kept_->method, validators,
                                        now / base::kNsPerSecond) == http::Precondition::proceed;
}

http::Refusal condition_refusal() {
    return {http::Status::precondition_failed,
            "the file is not in the state that If-Match, If-None-Match or If-Unmodified-Since asks for; nothing was "
            "changed."};
}

}  // namespace content
