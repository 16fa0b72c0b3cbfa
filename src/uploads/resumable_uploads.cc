// Creation, offset retrieval, append and cancellation (§4 of the draft).
#include "uploads/resumable_uploads.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <utility>

#include "base/ascii.h"
#include "handler/body_digests.h"
#include "handler/coded_body.h"
#include "handler/error_page.h"
#include "http/conditional.h"
#include "storage/write_error.h"
#include "uploads/append_sink.h"
#include "uploads/upload_time.h"

namespace uploads {
namespace {

using http::FieldName;
using http::Method;
using http::Refusal;
using http::Status;
using http::UploadProblem;

constexpr Refusal kOff{Status::not_implemented,
                       "uploads in parts are off here; send the whole file, with \"Upload-Complete: ?1\" or without."};
constexpr Refusal kNoCompleteness{Status::bad_request,
                                  "say whether this is the end: \"Upload-Complete: ?1\" or \"Upload-Complete: ?0\"."};
/// The end of an upload can be days away, and what If names is not kept so long.
constexpr Refusal kNoIfField{Status::bad_request,
                             "an upload in parts keeps no If; state its conditions with If-Match or If-None-Match."};
constexpr Refusal kNoOffset{Status::bad_request,
                            "say where the bytes belong: \"Upload-Offset: N\", a number that HEAD tells."};
constexpr Refusal kWholeFields{Status::bad_request,
                               "what is appended is a part of a file as it is, without Content-Range and "
                               "Content-Encoding."};
constexpr Refusal kOfUser = http::missing_right("somebody who signed in began this upload");
constexpr Refusal kBusy{Status::service_unavailable,
                        "uploads in parts cannot be kept now; send the whole file, or try again later."};
constexpr int kRetrySeconds = 60;
constexpr std::string_view kTakingBack =
    "bytes whose digest was wrong are being taken back; HEAD tells the offset when that is done.";
constexpr int kTakingBackSeconds = 1;
constexpr std::string_view kShareTaken =
    "your unfinished uploads are too many, or hold too much space: finish some, or delete them at their addresses.";
/// When a client at its bound may try again.
constexpr int kShareSeconds = 60;

/// One client may not keep others from uploading (RFC 6585 §4).
http::Response refuse_share(const http::Request& request) {
    http::Response response = handler::error_response(&request, Status::too_many_requests, kShareTaken);
    response.reason = kShareTaken;
    response.add("Retry-After", std::to_string(kShareSeconds));
    return response;
}

bool has_value(const http::Request& request, FieldName name) {
    const auto value = request.find(name);
    return value && !value->empty();
}

/// A 104 is sent only to clients of this version of the draft, and not through a known intermediary: one that does not
/// know 1xx responses takes the 104 for the final response. Such a client learns the offset by HEAD.
bool takes_interim(const http::Request& request, const http::UploadFields& fields) {
    if (!fields.takes_interim() || request.minor_version == 0 || request.client.is_forwarded) return false;
    return std::ranges::none_of(request.fields, [&](const http::Field& field) {
        constexpr std::string_view kPrefix = "X-Forwarded-";
        const std::string_view name = field.name.of(request.text);
        return base::equals_ignoring_case(name, "Via") || base::equals_ignoring_case(name, "Forwarded") ||
               base::equals_ignoring_case(name, "X-Real-IP") ||
               base::equals_ignoring_case(name.substr(0, kPrefix.size()), kPrefix);
    });
}

/// The fields of the creating request that count at its end.
http::FieldList lasting_fields(const http::Request& request, std::optional<std::int64_t> modified_s) {
    http::FieldList fields;
    // The file's time, whichever field stated it.
    if (modified_s) fields.add(kTimeField, std::to_string(*modified_s));
    for (const http::Field& field : request.fields) {
        switch (field.known) {
            case FieldName::if_match:
            case FieldName::if_none_match:
            case FieldName::if_modified_since:
            case FieldName::if_unmodified_since:
            case FieldName::repr_digest:
            case FieldName::want_repr_digest:
                fields.add(field.name.of(request.text), field.value.of(request.text));
                break;
            default: break;
        }
    }
    return fields;
}

/// RFC 9110 §13.1. An upload has no tag and no date, so a request that names a version of it means something else: the
/// file, whose conditions belong into the creating request.
std::optional<http::Response> refuse_conditions(const http::Request& request, const base::Clock& clock) {
    if (http::evaluate_preconditions(request.fields, request.text, request.method,
                                     {.etag = {}, .last_modified = {}, .exists = true},
                                     clock.unix_seconds()) == http::Precondition::proceed) {
        return std::nullopt;
    }
    return handler::error_response(&request, Status::precondition_failed,
                                   "an upload under way has no versions; conditions for the file belong into the "
                                   "request that creates the upload.");
}

/// True when all bytes are there and nothing is left to append.
bool is_whole(const Upload& upload) {
    return upload.phase() == UploadPhase::publishing || upload.phase() == UploadPhase::complete;
}

/// Its address alone is not enough where its maker had signed in, nor where he came by a share link that has ended.
bool belongs_to(const Upload& upload, const http::Request& request) {
    if (!upload.link.empty() && (!request.shared || request.shared->upload != request.path())) return false;
    return upload.user.empty() || (request.user && request.user->name == upload.user);
}

/// The token of the link by which `request` may write to `path`; empty: it may by itself.
std::string link_of(const http::Request& request, const handler::WriteRules& rules, std::string_view path) {
    if (!request.shared || request.shared->gives != http::LinkGives::dropping || !rules.grants) return {};
    const handler::Client alone{.user = request.user, .shared = nullptr};
    return rules.grants->rights_at(path, alone).has(handler::Right::create) ? std::string() : request.shared->token;
}

}  // namespace

ResumableUploads::ResumableUploads(const storage::WriteParts& parts, const handler::WriteRules& config,
                                   UploadStore& store)
    : parts_(parts), config_(config), store_(store) {
    if (is_on()) store_.load();
}

std::string_view ResumableUploads::find_link_of(std::string_view path) const {
    const Upload* const upload = store_.find(path.substr(kUploadsPath.size()));
    return upload == nullptr ? std::string_view() : std::string_view(upload->link);
}

http::MethodSet ResumableUploads::allowed() {
    return http::MethodSet(Method::get, Method::head, Method::del, Method::options, Method::patch);
}

void ResumableUploads::add_limits(http::Response& response) const {
    if (is_on()) {
        response.add("Upload-Limit", http::upload_limit_value(config_.max_body.bytes(), config_.upload_expiry_s));
    }
}

void ResumableUploads::complete_refusal(const http::Request& request, http::Response& response) {
    if (http::code(response.status) < 400 || http::is_safe(request.method) || request.method == Method::del) return;
    if (!request.path().starts_with(kUploadsPath)) {
        if (!request.fields.has(FieldName::upload_complete)) return;
        state_completeness(response, false);
        if (!response.find("Upload-Limit")) add_limits(response);
        return;
    }
    const Upload* const upload = find_own(request);
    if (upload == nullptr) return;
    state_completeness(response, is_whole(*upload));
    if (!response.find("Upload-Limit")) add_limit(response.fields, store_, *upload, config_.max_body.bytes());
}

const ResumableUploads::Upload* ResumableUploads::find_own(const http::Request& request) const {
    if (!is_on()) return nullptr;
    const Upload* const upload = store_.find(request.path().substr(kUploadsPath.size()));
    return upload != nullptr && belongs_to(*upload, request) ? upload : nullptr;
}

void ResumableUploads::advertise(http::Response& response) const {
    if (!is_on()) return;
    response.add("Accept-Patch", http::kPartialUploadType);
    add_limits(response);
}

void ResumableUploads::advertise_upload(const http::Request& request, http::Response& response) const {
    response.add("Accept-Patch", http::kPartialUploadType);
    const Upload* const upload = find_own(request);
    if (upload != nullptr) add_limit(response.fields, store_, *upload, config_.max_body.bytes());
}

/// `whole`: the length of the complete file, where it is known.
std::optional<http::Response> ResumableUploads::refuse_creation(const http::Request& request,
                                                                const http::UploadFields& fields,
                                                                std::optional<std::uint64_t>& whole) const {
    const auto here = request.body_length();
    whole = fields.length;
    if (*fields.complete && here) {
        if (whole && *whole != *here) return inconsistent_length();
        whole = here;
    }
    if (whole && here && *here > *whole) return inconsistent_length();
    if (!config_.max_body.is_exceeded_by(whole.value_or(0))) return std::nullopt;
    return handler::refusal_response(&request, config_.max_body.refusal());
}

std::optional<handler::Decision> ResumableUploads::create(const http::Request& request, std::string_view path,
                                                          std::string_view location, storage::OnConflict on_conflict,
                                                          std::optional<std::int64_t> modified_s) {
    if (!request.fields.has(FieldName::upload_complete)) return std::nullopt;
    const http::UploadFields fields = http::UploadFields::of(request);
    if (!fields.complete) return std::nullopt;
    const bool is_whole = *fields.complete;
    if (!is_on())
        return is_whole ? std::nullopt : std::optional<handler::Decision>(handler::refusal_response(&request, kOff));
    if (request.if_field != nullptr) return handler::Decision(handler::refusal_response(&request, kNoIfField));
    std::optional<std::uint64_t> whole;
    if (auto refused = refuse_creation(request, fields, whole)) return handler::Decision(std::move(*refused));
    auto digests = handler::BodyDigests::of(
        request, is_whole ? handler::BodyDigests::Covers::whole : handler::BodyDigests::Covers::part);
    if (!digests) return handler::Decision(handler::refusal_response(&request, digests.error()));
    const auto needed = whole ? whole : request.body_length();
    const auto place = storage::FileSink::admit(parts_, path, needed, storage::WriteConditions(request), on_conflict);
    if (!place) return handler::Decision(handler::refusal_response(&request, place.error()));
    if (const auto room = unfinished().check(request.client.key, needed.value_or(0)); !room) {
        return handler::Decision(handler::refusal_response(&request, room.error()));
    }

    UploadState state;
    if (request.user) state.user = request.user->name;
    state.link = link_of(request, config_, path);
    state.method = http::method_name(request.method);
    state.target = path;
    state.location = location;
    state.fields = lasting_fields(request, modified_s);
    state.on_conflict = on_conflict;
    state.length = whole;
    std::shared_ptr<const PartialFile> bytes;
    const auto created = store_.create(state, request.client.key, bytes);
    if (!created) {
        if (is_whole) return std::nullopt;
        if (created.error() == EBUSY) {
            return handler::Decision(handler::unavailable(&request, kBusy.reason, kRetrySeconds));
        }
        if (created.error() == EUSERS) return handler::Decision(refuse_share(request));
        return handler::Decision(handler::refusal_response(&request, storage::write_refusal(created.error())));
    }
    const Upload* const upload = *created;
    // The temporary file is no more readable to others than the final file will be.
    const auto old = place->status();
    if (old && *old && S_ISREG((*old)->st_mode)) storage::copy_owner_and_mode(bytes->file.get(), **old);
    return handler::Decision(std::make_unique<AppendSink>(
        store_, *upload, std::move(bytes), std::move(*digests),
        AppendSink::Setting{
            is_whole ? AppendSink::Ends::whole : AppendSink::Ends::part, AppendSink::Role::creates,
            takes_interim(request, fields) ? AppendSink::Interims::wanted : AppendSink::Interims::unwanted,
            config_.max_body, whole, WriteGate(config_, parts_.root, handler::Client::of(request))}));
}

handler::Decision ResumableUploads::handle(const http::Request& request) {
    Upload* const upload = store_.find(request.path().substr(kUploadsPath.size()));
    if (upload == nullptr) {
        if (store_.may_have(request.path().substr(kUploadsPath.size()))) return out_of_reach(&request);
        return unknown_upload(&request);
    }
    // A client that is not signed in any more has to learn that nothing else is missing.
    if (!belongs_to(*upload, request)) {
        return request.user ? unknown_upload(&request) : handler::refusal_response(&request, kOfUser);
    }
    if (upload->phase() == UploadPhase::away) return out_of_reach(&request);
    if (request.method == Method::del) {
        if (auto refused = refuse_conditions(request, parts_.clock)) return std::move(*refused);
    }
    if (request.method == Method::patch) {
        const bool was_complete = is_whole(*upload);
        handler::Decision decision = append(request, *upload);
        if (auto* const refused = std::get_if<http::Response>(&decision)) state_completeness(*refused, was_complete);
        return decision;
    }
    const bool removes = request.method == Method::del;
    if (!removes && request.method != Method::head && request.method != Method::get) {
        return handler::method_not_allowed(request, allowed());
    }
    // An older request that still writes is stopped here, so that the offset which is told stays true.
    ++upload->generation;
    if (removes || upload->is_busy()) {
        return std::make_unique<AfterCommit>(store_, upload->number,
                                             removes ? AfterCommit::Then::remove : AfterCommit::Then::tell,
                                             config_.max_body.bytes());
    }
    if (upload->phase() == UploadPhase::complete) return complete_response(store_, *upload);
    auto bytes = store_.open_bytes(*upload);
    if (!bytes) return without_bytes(store_, *upload, bytes.error(), &request);
    return std::make_unique<OffsetAnswer>(
        store_, *upload, std::move(*bytes),
        OffsetAnswer::Telling{OffsetAnswer::Told::retrieved, config_.max_body.bytes(), 0});
}

/// What is wrong with the request, whatever the offset.
std::optional<http::Response> ResumableUploads::refuse_append(const http::Request& request, const Upload& upload,
                                                              const http::UploadFields& fields) const {
    if (!http::is_partial_upload(request.find(FieldName::content_type).value_or(""))) {
        auto response = handler::refusal_response(
            &request,
            {Status::unsupported_media_type, "what is appended has \"Content-Type: application/partial-upload\"."});
        response.add("Accept-Patch", http::kPartialUploadType);
        return response;
    }
    if (has_value(request, FieldName::content_range)) return handler::refusal_response(&request, kWholeFields);
    if (auto refused = handler::refuse_coded_body(request, kWholeFields.reason)) return refused;
    if (!fields.complete) return handler::refusal_response(&request, kNoCompleteness);
    if (!fields.offset) return handler::refusal_response(&request, kNoOffset);
    if (upload.phase() == UploadPhase::open) return std::nullopt;
    if (upload.phase() == UploadPhase::taking_back) {
        return handler::unavailable(&request, kTakingBack, kTakingBackSeconds);
    }
    return request.has_body() ? inconsistent_length()
                              : problem_response(Status::bad_request, UploadProblem::completed_upload);
}

/// Compares every length that was ever stated. `whole`: the length of the complete file, where it is known.
std::optional<http::Response> ResumableUploads::refuse_length(const http::Request& request, const Upload& upload,
                                                              const http::UploadFields& fields,
                                                              std::optional<std::uint64_t>& whole) const {
    const auto here = request.body_length();
    if (here && *here > static_cast<std::uint64_t>(INT64_MAX) - upload.offset) return inconsistent_length();
    whole = fields.length;
    if (*fields.complete && here) {
        if (whole && *whole != upload.offset + *here) return inconsistent_length();
        whole = upload.offset + *here;
    }
    if (upload.length && whole && *whole != *upload.length) return inconsistent_length();
    if (!whole) whole = upload.length;
    const std::uint64_t after = upload.offset + here.value_or(0);
    if (whole && after > *whole) return inconsistent_length();
    if (config_.max_body.is_exceeded_by(whole.value_or(after))) {
        return handler::refusal_response(&request, config_.max_body.refusal());
    }
    return std::nullopt;
}

handler::Decision ResumableUploads::append(const http::Request& request, Upload& upload) {
    const http::UploadFields fields = http::UploadFields::of(request);
    if (auto refused = refuse_append(request, upload, fields)) return std::move(*refused);
    if (auto refused = refuse_conditions(request, parts_.clock)) return std::move(*refused);
    auto digests = handler::BodyDigests::of(request, handler::BodyDigests::Covers::part);
    if (!digests) return handler::refusal_response(&request, digests.error());
    auto bytes = store_.open_bytes(upload);
    if (!bytes) return without_bytes(store_, upload, bytes.error(), &request);
    if (*fields.offset != upload.offset) {
        ++upload.generation;  // so that the offset that is told is final
        return std::make_unique<OffsetAnswer>(
            store_, upload, std::move(*bytes),
            OffsetAnswer::Telling{OffsetAnswer::Told::mismatched, config_.max_body.bytes(), *fields.offset});
    }
    std::optional<std::uint64_t> whole;
    if (auto refused = refuse_length(request, upload, fields, whole)) return std::move(*refused);
    const std::uint64_t more = whole ? *whole - upload.offset : request.body_length().value_or(0);
    const auto space = store_.check_space(upload, (*bytes)->file.get(), more);
    if (!space) return handler::refusal_response(&request, space.error());
    // The latest request goes on: the client has given up the connection of the one before. A request that was refused
    // has changed nothing.
    ++upload.generation;
    if (upload.offset > 0) store_.note_resumed();
    // Where the content may still show that the request has to be refused, the length is noted at its end.
    const bool is_certain = !digests->any() && (request.body_length() || !*fields.complete);
    if (whole && is_certain) store_.note_length(upload, *whole);
    return std::make_unique<AppendSink>(
        store_, upload, std::move(*bytes), std::move(*digests),
        AppendSink::Setting{
            *fields.complete ? AppendSink::Ends::whole : AppendSink::Ends::part, AppendSink::Role::appends,
            takes_interim(request, fields) ? AppendSink::Interims::wanted : AppendSink::Interims::unwanted,
            config_.max_body, whole, WriteGate(config_, parts_.root, handler::Client::of(request))});
}

}  // namespace uploads
