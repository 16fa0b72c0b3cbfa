// Conditions of a write against what stat tells.
#include "storage/write_conditions.h"

#include "http/conditional.h"
#include "storage/validators.h"

namespace storage {

WriteConditions::WriteConditions(const http::Request& request) {
    if (!http::has_precondition(request.fields)) return;
    kept_ = std::make_unique<const Kept>(Kept{request.method, request.fields, std::string(request.text)});
}

bool WriteConditions::hold(const std::optional<struct stat>& found, base::UnixNs now) const {
    if (!any()) return true;
    http::Validators validators{.exists = found.has_value()};
    const auto holds = [&](std::string_view tag) {
        validators.etag = tag;
        return http::evaluate_preconditions(kept_->fields, kept_->text, kept_->method, validators,
                                            now / base::kNsPerSecond) == http::Precondition::proceed;
    };
    if (!found || !S_ISREG(found->st_mode)) return holds({});
    validators.last_modified = last_modified_seconds(*found, now);
    // A tag that was once sent as weak becomes strong later, so the strong form is compared; a tag that the client
    // sends as weak never matches.
    const std::string tag = make_entity_tag(*found, false);
    const bool identity = holds(tag);
    const bool wants_match = kept_->fields.has(http::FieldName::if_match);
    if (identity == wants_match || (wants_match && kept_->fields.has(http::FieldName::if_none_match))) return identity;
    // A client that read the file compressed knows the tag of the coded form, and means the same version.
    for (const auto coding : {http::Coding::gzip, http::Coding::deflate}) {
        if (holds(coded_tag(tag, coding)) == wants_match) return wants_match;
    }
    return identity;
}

http::Refusal condition_refusal() {
    return {http::Status::precondition_failed,
            "the file is not in the state that If-Match, If-None-Match or If-Unmodified-Since asks for; nothing was "
            "changed."};
}

}  // namespace storage
