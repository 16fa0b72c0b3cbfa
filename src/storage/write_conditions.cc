// Conditions of a write against what stat tells.
#include "storage/write_conditions.h"

#include <algorithm>
#include <utility>

#include "http/conditional.h"
#include "storage/locks.h"
#include "storage/validators.h"

namespace storage {
namespace {

using http::IfCondition;
using http::IfList;

/// RFC 4918 §10.4: a list holds when all of its conditions do. Tags are compared like those of If-Match. Where it
/// cannot be told what a lock covers neither a token nor its negation holds.
bool holds(const IfList& list, std::string_view path, const std::optional<struct stat>& found, const Locks& locks) {
    const std::string tag = found && S_ISREG(found->st_mode) ? make_entity_tag(*found, false) : std::string();
    return std::ranges::all_of(list.conditions, [&](const IfCondition& each) {
        if (each.kind == IfCondition::Kind::token) {
            if (list.about == IfList::About::nothing) return each.is_negated;
            const auto covers = locks.covers(each.value, path);
            return covers && *covers != each.is_negated;
        }
        const bool matches = !tag.empty() && (each.value == tag || each.value == coded_tag(tag, http::Coding::gzip) ||
                                              each.value == coded_tag(tag, http::Coding::deflate));
        return matches != each.is_negated;
    });
}

/// One of the lists is enough. Of a resource that the request is not about, what is there is looked up.
bool holds(const http::IfField& field, const std::optional<struct stat>& found, const WriteParts& parts) {
    return std::ranges::any_of(field.lists, [&](const IfList& list) {
        switch (list.about) {
            case IfList::About::own: return holds(list, field.path, found, *parts.locks);
            case IfList::About::nothing: return holds(list, {}, std::nullopt, *parts.locks);
            case IfList::About::other: break;
        }
        const auto there = parts.root.stat_inside(list.path);
        // What cannot be looked at for now is neither there nor absent, so nothing holds of it.
        if (!there && !there.error().is_absence()) return false;
        return holds(list, list.path, there ? std::optional(*there) : std::nullopt, *parts.locks);
    });
}

}  // namespace

WriteConditions::WriteConditions(const http::Request& request) : keys_(LockKeys::of(request)) {
    if (request.if_field != nullptr) if_field_ = Field::counts;
    if (!http::has_precondition(request.fields)) return;
    kept_ = std::make_unique<const Kept>(Kept{request.method, request.fields, std::string(request.text)});
}

WriteConditions WriteConditions::only_keys(LockKeys keys) {
    WriteConditions conditions;
    conditions.keys_ = std::move(keys);
    return conditions;
}

bool WriteConditions::hold(const std::optional<struct stat>& found, const WriteParts& parts) const {
    if (kept_ != nullptr && !hold_by_http(found, parts.clock.unix_ns())) return false;
    return if_field_ == Field::ignored || parts.locks == nullptr || holds(*keys_.shown, found, parts);
}

bool WriteConditions::hold_by_http(const std::optional<struct stat>& found, base::UnixNs now) const {
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
            "the file is not in the state that If, If-Match, If-None-Match or If-Unmodified-Since asks for; nothing "
            "was changed."};
}

}  // namespace storage
