// Which request does what to the records, and the answers.
#include "records/records.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <optional>
#include <utility>

#include "base/ascii.h"
#include "base/escape.h"
#include "handler/error_page.h"
#include "handler/kept_request.h"
#include "handler/ready_answer.h"
#include "handler/small_body.h"
#include "http/accept.h"
#include "http/conditional.h"
#include "http/date.h"
#include "http/target.h"
#include "records/record_body.h"
#include "records/record_operation.h"
#include "records/record_view.h"
#include "storage/validators.h"

namespace records {
namespace {

using http::Method;
using http::Status;

/// A format of all records or of one. The first one is sent when the client has no preference. The suffixes of the tags
/// are those that records/record_operation knows.
struct Form {
    std::string_view media_type;
    std::string_view suffix;
};
enum class AllForm : std::uint8_t { text, json, csv, html };
constexpr std::array<Form, 4> kAllForms = {{{"text/plain; charset=utf-8", ""},
                                            {"application/json", "-json"},
                                            {"text/csv; charset=utf-8; header=present", "-csv"},
                                            {"text/html; charset=utf-8", "-html"}}};
enum class OneForm : std::uint8_t { text, form, json };
constexpr std::array<Form, 3> kOneForms = {
    {{"text/plain; charset=utf-8", ""}, {"application/x-www-form-urlencoded", "-form"}, {"application/json", "-json"}}};
constexpr std::string_view kAllOffered =
    "there is text/plain, application/json, text/csv and text/html of all records.";
constexpr std::string_view kOneOffered = "there is text/plain and application/json of one record.";
constexpr std::string_view kPagePolicy =
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

template <std::size_t Count>
std::optional<std::size_t> choose(const http::Request& request, const std::array<Form, Count>& forms) {
    std::array<std::string_view, Count> offered;
    for (std::size_t i = 0; i < Count; ++i) offered[i] = forms[i].media_type;
    return http::choose_media_type(request.fields, request.text, offered);
}

void add_kind(http::Response& response, const Form& form, std::string_view tag) {
    response.add("Content-Type", form.media_type);
    response.add("X-Content-Type-Options", "nosniff");
    if (!tag.empty()) response.add("ETag", tag);
    response.add("Vary", "Accept");
    response.add("Cache-Control", "no-cache");
}

/// RFC 9110 §15.4.5: the fields that a cache needs to update its stored response.
http::Response not_modified(std::string_view tag) {
    http::Response response;
    response.status = Status::not_modified;
    response.add("ETag", tag).add("Vary", "Accept").add("Cache-Control", "no-cache");
    return response;
}

/// The body of one record in a form.
std::string record_text(OneForm form, std::string_view line) {
    std::string text;
    if (form == OneForm::json) {
        append_record_json(text, decode_record(line));
    } else {
        text = line.substr(0, line.size() - (line.ends_with('\r') ? 1 : 0));
        if (form == OneForm::form) return text;
    }
    text.push_back('\n');
    return text;
}

http::Response refused(const http::Request& request, const http::Refusal& refusal) {
    http::Response response = handler::refusal_response(&request, refusal);
    if (refusal.status == Status::unsupported_media_type) response.add("Accept", kRecordMediaTypes);
    return response;
}

/// Waits for an operation on a record, then answers. Its page, like that of all records, stands at the collection's
/// address.
class RecordAnswer final : public http::PendingResponse {
public:
    RecordAnswer(RecordFile& file, const base::Clock& clock, std::unique_ptr<const handler::KeptRequest> request,
                 RecordOperation::Kind kind, std::string id, Record record)
        : clock_(clock),
          request_(std::move(request)),
          operation_(file, kind, std::move(id), std::move(record), request_->get()) {}

    /// The collection's path, for Location; the body, for the tag of a replaced record.
    std::string collection;
    std::string sent;

    std::optional<http::Response> advance(http::Wake wake) override {
        const auto outcome = operation_.advance(wake);
        if (!outcome) return std::nullopt;
        if (!*outcome) return refused(request_->get(), outcome->error());
        note_change(**outcome);
        switch (operation_.kind()) {
            case RecordOperation::Kind::read: return answer_read(**outcome);
            case RecordOperation::Kind::append: return answer_append(**outcome);
            case RecordOperation::Kind::replace: return answer_replace(**outcome);
            case RecordOperation::Kind::remove: break;
        }
        http::Response response;
        response.status = Status::no_content;
        return response;
    }
    [[nodiscard]] http::Changes take_changes() override { return http::changes_of(std::move(change_)); }
    /// The record has about as many bytes as what was sent.
    [[nodiscard]] std::size_t memory_bytes() const override { return 2 * sent.capacity(); }

private:
    void note_change(const RecordOperation::Result& result) {
        using Action = http::Change::Action;
        const RecordOperation::Kind kind = operation_.kind();
        if (kind == RecordOperation::Kind::read) return;
        const bool appends = kind == RecordOperation::Kind::append;
        change_.emplace();
        change_->path = appends ? collection + "/" + result.id : std::string(request_->get().path());
        change_->old_tag = result.old_tag;
        change_->action = appends                                  ? Action::create
                          : kind == RecordOperation::Kind::replace ? Action::replace
                                                                   : Action::remove;
        if (change_->action == Action::remove) return;
        change_->new_tag = make_record_tag(result.line, {});
        change_->bytes = result.line.size();
    }

    http::Response answer_read(const RecordOperation::Result& result) const {
        const http::Request& request = request_->get();
        const auto chosen = choose(request, kOneForms);
        if (!chosen) return handler::error_response(&request, Status::not_acceptable, kOneOffered);
        const Form& form = kOneForms[*chosen];
        const std::string tag = make_record_tag(result.line, form.suffix);
        switch (http::evaluate_preconditions(request.fields, request.text, request.method,
                                             {.etag = tag, .last_modified = {}, .exists = true},
                                             clock_.unix_seconds())) {
            case http::Precondition::proceed: break;
            case http::Precondition::not_modified: return not_modified(tag);
            case http::Precondition::precondition_failed:
                return handler::error_response(&request, Status::precondition_failed, "the record is another version.");
        }
        http::Response response;
        add_kind(response, form, tag);
        set_text(response, record_text(OneForm{static_cast<std::uint8_t>(*chosen)}, result.line));
        return response;
    }

    http::Response answer_append(const RecordOperation::Result& result) const {
        const http::Request& request = request_->get();
        http::Response response;
        response.status = Status::created;
        const std::string location = http::encode_path(collection + "/" + result.id);
        response.add("Location", location);
        static constexpr std::array<Form, 3> kForms = {kAllForms[0], kAllForms[1], kAllForms[3]};
        const std::size_t chosen = choose(request, kForms).value_or(0);
        if (chosen < 2) {
            const OneForm form = chosen == 0 ? OneForm::text : OneForm::json;
            add_kind(response, kForms[chosen], make_record_tag(result.line, kForms[chosen].suffix));
            set_text(response, record_text(form, result.line));
            return response;
        }
        // The answer for a browser that sent the form. The id needs no escaping.
        add_kind(response, kForms[chosen], {});
        response.add("Content-Security-Policy", kPagePolicy);
        std::string page =
            "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>Stored</title>\n"
            "<meta name=\"viewport\" content=\"width=device-width\">\n<p>Stored as <a href=\"";
        const std::string all = relative_to_itself(collection);
        base::append_html_escaped(page, all + "/" + result.id);
        page.append("\">").append(result.id).append("</a>. <a href=\"");
        base::append_html_escaped(page, all);
        page.append("\">All records</a></p>\n</html>\n");
        set_text(response, std::move(page));
        return response;
    }

    http::Response answer_replace(const RecordOperation::Result& result) const {
        http::Response response;
        response.status = Status::no_content;
        // RFC 9110 §9.3.4: a tag is sent only when the stored bytes are exactly those that were sent.
        if (sent == result.line) response.add("ETag", make_record_tag(result.line, ""));
        return response;
    }

    void set_text(http::Response& response, std::string text) const {
        if (request_->get().method == Method::head) {
            response.stated_length = text.size();
        } else {
            response.body = http::Piece(std::move(text));
        }
    }

    const base::Clock& clock_;
    std::unique_ptr<const handler::KeptRequest> request_;
    RecordOperation operation_;
    std::optional<http::Change> change_;
};

/// Takes the body of POST and PUT.
class RecordSink final : public handler::SmallBodySink {
public:
    RecordSink(RecordFile& file, const base::Clock& clock, const http::Request& request, RecordMedia media,
               std::string collection, std::string id, handler::SmallBody body)
        : SmallBodySink(std::move(body)),
          file_(file),
          clock_(clock),
          request_(std::make_unique<const handler::KeptRequest>(request)),
          media_(std::move(media)),
          collection_(std::move(collection)),
          id_(std::move(id)) {}

private:
    std::unique_ptr<http::PendingResponse> answer(std::string sent) override {
        auto record = parse_record_body(media_, sent, file_.limits());
        if (!record) return refuse(record.error());
        const std::string given = take_record_id(*record).value_or("");
        const bool appends = id_.empty();
        if (!given.empty() && !is_record_id(given)) {
            return refuse({Status::unprocessable_content,
                           "an id has 1 to 64 letters, digits, '-', '_', '.' and '~', and does not begin with a dot."});
        }
        if (appends && find_record_number(given).value_or(0) > kMaxChosenRecordNumber) {
            return refuse({Status::unprocessable_content, "an id that is a number is at most 1000000000000."});
        }
        if (!appends && !given.empty() && given != id_) {
            return refuse({Status::unprocessable_content, "the id in the body is not the one in the path."});
        }
        if (record->empty()) return refuse({Status::unprocessable_content, "a record needs a field besides its id."});
        auto answer =
            std::make_unique<RecordAnswer>(file_, clock_, std::move(request_),
                                           appends ? RecordOperation::Kind::append : RecordOperation::Kind::replace,
                                           appends ? given : id_, std::move(*record));
        answer->collection = std::move(collection_);
        answer->sent = std::move(sent);
        return answer;
    }
    std::unique_ptr<http::PendingResponse> refuse(const http::Refusal& refusal) override {
        return std::make_unique<handler::ReadyAnswer>(refused(request_->get(), refusal));
    }

    RecordFile& file_;
    const base::Clock& clock_;
    std::unique_ptr<const handler::KeptRequest> request_;
    RecordMedia media_;
    std::string collection_;
    std::string id_;  ///< empty: append
};

}  // namespace

bool may_hold_records(const storage::FileRoot& root, std::string_view file) {
    constexpr std::size_t kLookedAtBytes = std::size_t{64} * 1024;
    const auto found = root.stat_inside(file);
    if (!found) return found.error().number == ENOENT;
    if (!S_ISREG(found->st_mode)) return false;
    const auto opened = root.open_for_reading(file);
    struct stat status{};
    if (!opened || ::fstat(opened->get(), &status) != 0 || !S_ISREG(status.st_mode)) return false;
    std::string text(kLookedAtBytes, '\0');
    const ssize_t length = ::pread(opened->get(), text.data(), text.size(), 0);
    if (length < 0) return false;
    std::string_view rest(text.data(), static_cast<std::size_t>(length));
    while (!rest.empty()) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
        const bool is_empty = base::trim_blanks(line).empty() || line == "\r" || line.starts_with('#');
        std::string storage;
        if (!is_empty) return !find_record_id(line, storage).empty();
    }
    return true;
}

Records::Records(const storage::WriteParts& parts, RecordsConfig config, std::shared_ptr<RecordFile> file)
    : root_(parts.root), clock_(parts.clock), config_(std::move(config)), file_(std::move(file)) {
    if (file_ == nullptr) file_ = std::make_shared<RecordFile>(parts, config_.file, config_.limits);
}

bool Records::is_blocked() const {
    if (config_.path.empty()) return false;
    const auto found = root_.stat_inside(config_.file);
    return found && !S_ISREG(found->st_mode);
}

bool Records::owns(std::string_view path) const {
    if (config_.path.empty() || !path.starts_with(config_.path)) return false;
    return path.size() == config_.path.size() || path[config_.path.size()] == '/';
}

handler::Decision Records::handle(const http::Request& request, handler::Rights rights) {
    const std::string_view path = request.path();
    if (is_collection(path)) {
        return request.method == Method::post ? receive(request, {}) : read_all(request, rights);
    }
    const std::string_view id = path.substr(config_.path.size() + 1);
    if (!is_record_id(id)) {
        return handler::refusal_response(&request, {Status::not_found, "there is no record with this id."});
    }
    if (request.method == Method::put) return receive(request, id);
    const auto kind = request.method == Method::del ? RecordOperation::Kind::remove : RecordOperation::Kind::read;
    return std::make_unique<RecordAnswer>(*file_, clock_, std::make_unique<const handler::KeptRequest>(request), kind,
                                          std::string(id), Record());
}

handler::Decision Records::read_all(const http::Request& request, handler::Rights rights) {
    auto snapshot = file_->snapshot();
    if (!snapshot) return handler::refusal_response(&request, snapshot.error());
    if (snapshot->bytes == nullptr && !rights.has(handler::Right::create)) {
        return handler::error_response(&request, Status::not_found, "there are no records.");
    }
    const auto chosen = choose(request, kAllForms);
    if (!chosen) return handler::error_response(&request, Status::not_acceptable, kAllOffered);
    const Form& form = kAllForms[*chosen];
    const bool exists = snapshot->bytes != nullptr;
    const std::string tag = storage::with_tag_suffix(snapshot->entity_tag, form.suffix);
    std::optional<std::int64_t> modified;
    if (exists) modified = snapshot->last_modified;
    switch (http::evaluate_preconditions(request.fields, request.text, request.method,
                                         {.etag = tag, .last_modified = modified, .exists = exists},
                                         clock_.unix_seconds())) {
        case http::Precondition::proceed: break;
        case http::Precondition::not_modified: return not_modified(tag);
        case http::Precondition::precondition_failed:
            return handler::error_response(&request, Status::precondition_failed, "the file is another version.");
    }
    http::Response response;
    add_kind(response, form, tag);
    if (modified) response.add("Last-Modified", http::date_text(*modified));
    const auto which = AllForm{static_cast<std::uint8_t>(*chosen)};
    if (which == AllForm::text) {
        if (request.method == Method::head) {
            response.stated_length = snapshot->length;
        } else if (exists && snapshot->length > 0) {
            response.body = http::Piece(http::FileSlice{snapshot->bytes, 0, snapshot->length});
        } else {
            response.body = http::Piece(std::string());
        }
        return response;
    }
    using Kind = RecordView::Kind;
    const Kind kind = which == AllForm::json ? Kind::json : which == AllForm::csv ? Kind::csv : Kind::html;
    if (kind == Kind::html) response.add("Content-Security-Policy", kPagePolicy);
    RecordPage page{.path = config_.path};
    if (!rights.has(handler::Right::create)) page.form = RecordPage::Form::hidden;
    response.body =
        std::make_unique<RecordView>(std::move(*snapshot), kind, config_.limits.max_line_bytes, std::move(page));
    return response;
}

/// A body that becomes a record; `id` is empty for the next.
handler::Decision Records::receive(const http::Request& request, std::string_view id) {
    if (request.fields.has(http::FieldName::content_range)) {
        // RFC 9110 §14.5: a part that is taken for the whole would destroy the rest.
        return handler::refusal_response(
            &request,
            {Status::bad_request, "Content-Range is not supported in records; send the whole record without it."});
    }
    auto body = handler::SmallBody::of(request, config_.limits.max_body_bytes);
    if (!body) return std::move(body.error());
    auto media = find_record_media(request);
    if (!media) {
        return refused(request, {Status::unsupported_media_type,
                                 "a record is sent as application/x-www-form-urlencoded, multipart/form-data or "
                                 "application/json."});
    }
    if (request.body_length().value_or(0) > config_.limits.max_body_bytes) {
        return handler::refusal_response(&request,
                                         {Status::content_too_large, "the body is longer than a record may be."});
    }
    return std::make_unique<RecordSink>(*file_, clock_, request, std::move(*media), config_.path, std::string(id),
                                        std::move(*body));
}

}  // namespace records
