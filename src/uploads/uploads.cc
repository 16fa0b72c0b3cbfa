// Uploads: refusals before the body, the sink of the body, and the answer after the commit.
#include "uploads/uploads.h"

#include <string>
#include <utility>

#include "base/ascii.h"
#include "handler/body_digests.h"
#include "handler/coded_body.h"
#include "handler/error_page.h"
#include "handler/ready_answer.h"
#include "http/conditional.h"
#include "http/content_disposition.h"
#include "http/multipart.h"
#include "http/target.h"
#include "storage/file_commit.h"
#include "uploads/form_uploads.h"
#include "uploads/resumable_uploads.h"
#include "uploads/stored_body.h"
#include "uploads/upload_answer.h"
#include "uploads/upload_name.h"
#include "uploads/upload_time.h"

namespace uploads {
namespace {

using http::FieldName;
using http::Status;

constexpr http::Refusal kNoConditions =
    http::missing_right("what is stored here is not shown, so no condition on it is evaluated.");

/// RFC 9110 §13.1.1: a condition that cannot be evaluated is not taken to be true.
constexpr http::Refusal kNoFormConditions{
    Status::precondition_failed,
    "a form may hold many files, so no condition is evaluated for it; store each by PUT, or leave out If, "
    "If-Match, If-None-Match and If-Unmodified-Since."};

class UploadSink final : public http::BodySink {
public:
    UploadSink(base::WakeQueue& wakes, storage::FileSink sink, handler::BodyDigests digests, std::string location,
               Admission::Tells tells, const handler::SizeLimit& limit, UnfinishedBytes& unfinished,
               UnfinishedBytes::Share held)
        : wakes_(wakes),
          sink_(std::move(sink)),
          digests_(std::move(digests)),
          location_(std::move(location)),
          tells_(tells),
          limit_(limit),
          unfinished_(unfinished),
          held_(std::move(held)) {}

    std::expected<void, http::Refusal> write(std::span<const std::byte> block) override {
        if (limit_.is_exceeded_by(sink_.bytes() + block.size())) return std::unexpected(limit_.refusal());
        if (auto refused = unfinished_.check(held_.client(), block.size()); !refused) return refused;
        digests_.update(block);
        auto written = sink_.write(block);
        held_.set_bytes(sink_.bytes());
        return written;
    }

    std::unique_ptr<http::PendingResponse> finish(std::string_view trailers) override {
        const StoredBody body{sink_.descriptor(), 0, sink_.bytes()};
        if (const auto check = check_digests(digests_, trailers, body)) return commit(digests_, check->fault);
        auto digests = std::move(digests_);
        return read_again(wakes_, std::move(digests), body,
                          [whole = UploadSink(std::move(*this))](const handler::BodyDigests& checked,
                                                                 const std::optional<http::Refusal>& fault) mutable {
                              return whole.commit(checked, fault);
                          });
    }

private:
    std::unique_ptr<http::PendingResponse> commit(const handler::BodyDigests& checked,
                                                  const std::optional<http::Refusal>& fault) {
        if (fault) return std::make_unique<handler::ReadyAnswer>(handler::refusal_response(nullptr, *fault));
        auto answer = std::make_unique<UploadAnswer>(std::move(sink_).finish(), std::move(location_),
                                                     checked.repr_digest(), tells_);
        answer->note_digest(checked.computed());
        return answer;
    }

    base::WakeQueue& wakes_;
    storage::FileSink sink_;
    handler::BodyDigests digests_;
    std::string location_;
    Admission::Tells tells_;
    const handler::SizeLimit& limit_;
    UnfinishedBytes& unfinished_;
    UnfinishedBytes::Share held_;
};

bool is_form(const http::Request& request) {
    const auto type = request.find(FieldName::content_type);
    constexpr std::string_view kForm = "multipart/form-data";
    return type && base::equals_ignoring_case(type->substr(0, kForm.size()), kForm);
}

std::optional<http::Response> refuse_post_body(const http::Request& request) {
    if (request.method != http::Method::post || request.has_body()) return std::nullopt;
    if (request.fields.has(FieldName::content_length)) {
        return handler::refusal_response(
            &request,
            {Status::bad_request, "a POST stores its body, and this one is empty; an empty file is stored by PUT."});
    }
    return handler::refusal_response(
        &request, {Status::length_required, "a POST stores its body; send it with Content-Length or chunked."});
}

/// The name in Content-Disposition, without a path; empty when it cannot be used, and a generated name takes its place.
std::string named_by_client(const http::Request& request, storage::DotFiles dot_files) {
    const auto value = request.find(FieldName::content_disposition);
    if (!value) return {};
    const auto disposition = http::parse_content_disposition(*value, http::DispositionEscapes::field);
    if (!disposition || !disposition->filename) return {};
    return choose_file_name(*disposition->filename, dot_files).value_or("");
}

}  // namespace

std::optional<http::Response> Uploads::refuse_before_body(const http::Request& request) const {
    if (request.fields.has(FieldName::content_range)) {
        // RFC 9110 §14.5: a part that is taken for the whole would destroy the rest.
        return handler::refusal_response(
            &request,
            {Status::bad_request, "Content-Range is not supported in uploads; send the whole file without it."});
    }
    // The coding would have to be stored with the file, which cannot hold it.
    if (auto refused = handler::refuse_coded_body(
            request, "files are stored as they are; send the body without Content-Encoding.")) {
        return refused;
    }
    const auto length = request.body_length();
    if (length && config_.max_body.is_exceeded_by(*length))
        return handler::refusal_response(&request, config_.max_body.refusal());
    // The first request of a resumable upload may be empty.
    if (request.fields.has(FieldName::upload_complete)) return std::nullopt;
    return refuse_post_body(request);
}

handler::Decision Uploads::handle(const http::Request& request, std::string_view path) {
    if (auto refused = refuse_before_body(request)) return std::move(*refused);
    if (!path.ends_with('/')) {
        // A form that is stored as it is would be a useless file of files and boundaries.
        if (request.method == http::Method::post && is_form(request)) {
            return handler::refusal_response(
                &request,
                {Status::unsupported_media_type, "the files of a form go to a directory; end its path with a slash."});
        }
        return store(request, path, std::string(request.path()), storage::OnConflict::replace,
                     WriteGate::Named::by_request);
    }
    if (is_form(request)) return take_form(request, path);
    std::string name = named_by_client(request, parts_.root.dot_files());
    const bool is_named = !name.empty();
    if (!is_named) name = generate_name();
    return store(request, std::string(path) + name, std::string(request.path()),
                 is_named ? config_.on_conflict : storage::OnConflict::rename, WriteGate::Named::in_passing);
}

handler::Decision Uploads::take_form(const http::Request& request, std::string_view path) {
    const auto boundary = http::find_form_boundary(request.find(FieldName::content_type).value_or(""));
    if (!boundary) {
        return handler::refusal_response(
            &request,
            {Status::bad_request, "the Content-Type of a form states its boundary, 1 to 70 characters long."});
    }
    if (request.if_field != nullptr ||
        request.fields.has_any(FieldName::if_match, FieldName::if_none_match, FieldName::if_unmodified_since)) {
        return handler::refusal_response(&request, kNoFormConditions);
    }
    auto digests = handler::BodyDigests::of(request);
    if (!digests) return handler::refusal_response(&request, digests.error());
    const auto modified_s = find_upload_time(request, config_, parts_.clock.unix_seconds());
    if (!modified_s) return handler::refusal_response(&request, modified_s.error());
    const http::ClientKey& client = request.client.key;
    if (forms_.forms.of(client) >= config_.max_forms_per_client) {
        ++forms_.over_share;
        return handler::refusal_response(&request, {Status::too_many_requests,
                                                    "too many forms from your address are under way: try again when "
                                                    "some are stored."});
    }
    UnfinishedBytes& unfinished = resumable_.unfinished();
    if (const auto room = unfinished.check(client, request.body_length().value_or(0)); !room) {
        return handler::refusal_response(&request, room.error());
    }
    return make_form_sink(parts_, config_, request, path, *boundary, std::move(*digests), *modified_s,
                          {forms_.forms.count(client), unfinished, unfinished.count(client)});
}

/// A name that is almost surely free: the time and a growing number.
std::string Uploads::generate_name() {
    return "upload-" + std::to_string(parts_.clock.unix_ns() / 1'000'000) + "-" + std::to_string(++generated_);
}

handler::Decision Uploads::store(const http::Request& request, std::string_view path, std::string location,
                                 storage::OnConflict wanted, WriteGate::Named named) {
    const WriteGate gate(config_, parts_.root, handler::Client::of(request));
    const auto admission = gate.admit_file(path, wanted, named);
    if (!admission) return handler::refusal_response(&request, admission.error());
    const bool has_conditions = request.if_field != nullptr || http::has_precondition(request.fields);
    if (admission->tells == Admission::Tells::nothing && has_conditions) {
        return handler::refusal_response(&request, gate.refusal_at(path, kNoConditions));
    }
    const auto modified_s = find_upload_time(request, config_, parts_.clock.unix_seconds());
    if (!modified_s) return handler::refusal_response(&request, modified_s.error());
    if (auto decision = resumable_.create(request, path, location, admission->on_conflict, *modified_s)) {
        return std::move(*decision);
    }
    auto digests = handler::BodyDigests::of(request);
    if (!digests) return handler::refusal_response(&request, digests.error());
    UnfinishedBytes& unfinished = resumable_.unfinished();
    if (const auto room = unfinished.check(request.client.key, request.body_length().value_or(0)); !room) {
        return handler::refusal_response(&request, room.error());
    }
    auto sink = storage::FileSink::open(parts_, path, request.body_length(), storage::WriteConditions(request),
                                        admission->on_conflict);
    if (!sink) return handler::refusal_response(&request, gate.refusal_at(path, sink.error()));
    if (*modified_s) sink->keep_time(**modified_s);
    return std::make_unique<UploadSink>(parts_.disk.wakes(), std::move(*sink), std::move(*digests), std::move(location),
                                        admission->tells, config_.max_body, unfinished,
                                        unfinished.count(request.client.key));
}

}  // namespace uploads
