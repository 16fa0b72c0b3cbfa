// One function for each kind's bytes, and one for each family of answers.
#include "simulation/requests.h"

#include <array>

#include "simulation/violation.h"

namespace simulation {
namespace {

constexpr std::array<std::string_view, kRequestKinds> kKindNames{"GET",
                                                                 "HEAD",
                                                                 "GET with Range",
                                                                 "GET with If-None-Match",
                                                                 "GET of an echo",
                                                                 "PUT",
                                                                 "PUT in chunks",
                                                                 "PUT with If-Match",
                                                                 "PUT with If-None-Match",
                                                                 "PUT with a wrong digest",
                                                                 "DELETE",
                                                                 "DELETE with If-Match",
                                                                 "DELETE of a folder"};

std::size_t length_of_content(Random& random) {
    constexpr std::size_t kLeast = 16;  // the number of the content is in it
    switch (random.below(16)) {
        case 0: return kLeast + random.below(300'000);
        case 1:
        case 2: return kLeast + random.below(20'000);
        default: return kLeast + random.below(400);
    }
}

std::string head(std::string_view method, std::string_view path, std::string_view fields = {}) {
    return std::string(method).append(" /").append(path).append(" HTTP/1.1\r\nHost: h\r\n").append(fields) + "\r\n";
}

std::string with_length(std::string_view path, std::string_view fields, const std::string& content) {
    const std::string length = "Content-Length: " + std::to_string(content.size()) + "\r\n";
    return head("PUT", path, std::string(fields) + length) + content;
}

std::string in_chunks(std::string_view path, std::string_view content, Random& random) {
    std::string bytes = head("PUT", path, "Transfer-Encoding: chunked\r\n");
    while (!content.empty()) {
        const std::size_t count = std::min(content.size(), 1 + random.below(content.size() < 50 ? 50 : content.size()));
        char size[24];
        std::snprintf(size, sizeof size, "%zx\r\n", count);
        bytes.append(size).append(content.substr(0, count)).append("\r\n");
        content.remove_prefix(count);
    }
    return bytes.append("0\r\n\r\n");
}

RequestKind choose_kind(Random& random) {
    constexpr std::array kOften{RequestKind::get,          RequestKind::get,
                                RequestKind::get,          RequestKind::put,
                                RequestKind::put,          RequestKind::echo,
                                RequestKind::put_chunked,  RequestKind::put_over_tag,
                                RequestKind::put_over_tag, RequestKind::put_where_free,
                                RequestKind::remove};
    const std::size_t number = random.below(kOften.size() + kRequestKinds);
    return number < kOften.size() ? kOften[number] : static_cast<RequestKind>(number - kOften.size());
}

NameModel::View view_of(const SimulatedRequest& request, const Knowledge& knowledge) {
    return {request.begun, knowledge.now, request.behind};
}

[[noreturn]] void refuse(const SimulatedRequest& request, const ReceivedAnswer& answer, const Knowledge& knowledge,
                         std::string_view why) {
    const SharedName& name = knowledge.names[request.name];
    throw Violation(std::string(kind_name(request.kind)) + " of /" + name.path + " was answered " +
                    std::to_string(answer.status) + " " + answer.body.substr(0, 48) + ": " + std::string(why) + "; " +
                    name.model.describe(view_of(request, knowledge)));
}

/// The content that a 200 shows, which one of the writes must have made.
void check_whole(const SimulatedRequest& request, const ReceivedAnswer& answer, Knowledge& knowledge) {
    SharedName& name = knowledge.names[request.name];
    const auto write = name.model.find(view_of(request, knowledge),
                                       [&](const auto& content) { return content && *content == answer.body; });
    if (!write) refuse(request, answer, knowledge, "this content is not possible");
    if (!name.model.note_tag(answer.field("etag"), *write))
        refuse(request, answer, knowledge, "another content had this tag");
    name.recent_tag = answer.field("etag");
}

void check_part(const SimulatedRequest& request, const ReceivedAnswer& answer, Knowledge& knowledge) {
    const SharedName& name = knowledge.names[request.name];
    const auto matches = [&](const std::optional<std::string>& content) {
        if (!content || request.first >= content->size()) return false;
        const std::size_t last = std::min(request.last, content->size() - 1);
        const std::string range = "bytes " + std::to_string(request.first) + "-" + std::to_string(last) + "/" +
                                  std::to_string(content->size());
        return answer.field("content-range") == range &&
               content->compare(request.first, last - request.first + 1, answer.body) == 0;
    };
    if (!name.model.find(view_of(request, knowledge), matches))
        refuse(request, answer, knowledge, "this part is not possible");
}

bool is_fault(int status) { return status == 403 || status == 500 || status == 503 || status == 507; }

/// A folder that is not there, or has just gone, holds nothing.
void check_folder_removal(const SimulatedRequest& request, const ReceivedAnswer& answer, const Knowledge& knowledge) {
    const std::string folder = knowledge.names[request.name].folder();
    switch (answer.status) {
        case 204:
        case 404:
            for (const SharedName& name : knowledge.names) {
                const NameModel::View view{request.begun, knowledge.now};
                if (name.path.starts_with(folder) && !name.model.may_be_absent(view))
                    refuse(request, answer, knowledge, "it holds /" + name.path + ": " + name.model.describe(view));
            }
            return;
        case 409: return;  // it may hold what is not complete yet
        default: break;
    }
    if (!is_fault(answer.status) || knowledge.faults == request.faults_before)
        refuse(request, answer, knowledge, "nothing explains this refusal");
}

void check_read(const SimulatedRequest& request, const ReceivedAnswer& answer, Knowledge& knowledge) {
    const NameModel& model = knowledge.names[request.name].model;
    const auto may_be = [&](auto matches) { return model.find(view_of(request, knowledge), matches).has_value(); };
    if (request.kind == RequestKind::echo) {
        if (answer.status != 200 || answer.body != request.text)
            refuse(request, answer, knowledge, "it is not what was asked for: " + request.text);
        return;
    }
    switch (answer.status) {
        case 200:
            if (request.kind != RequestKind::head) return check_whole(request, answer, knowledge);
            if (!may_be([&](const auto& content) {
                    return content && std::to_string(content->size()) == answer.field("content-length");
                }))
                refuse(request, answer, knowledge, "this length is not possible");
            return;
        case 206: return check_part(request, answer, knowledge);
        case 304: {
            const auto write = model.find_tag(request.tag);
            if (!write || !model.may_be(model.at(*write).content, view_of(request, knowledge)))
                refuse(request, answer, knowledge, "the name has changed");
            return;
        }
        case 404:
            if (!model.may_be_absent(view_of(request, knowledge)))
                refuse(request, answer, knowledge, "the name is not free");
            return;
        case 416:
            if (!may_be([&](const auto& content) { return content && content->size() <= request.first; }))
                refuse(request, answer, knowledge, "every content is longer");
            return;
        default: refuse(request, answer, knowledge, "no such answer is expected");
    }
}

bool has_condition(RequestKind kind) {
    return kind == RequestKind::put_over_tag || kind == RequestKind::put_where_free || kind == RequestKind::remove_tag;
}

bool removes(RequestKind kind) { return kind == RequestKind::remove || kind == RequestKind::remove_tag; }

void check_success(const SimulatedRequest& request, const ReceivedAnswer& answer, Knowledge& knowledge) {
    SharedName& name = knowledge.names[request.name];
    const std::optional<std::string>& own = name.model.at(*request.write).content;
    const auto was_there = [&](const auto& content) { return content && content != own; };
    const bool created = answer.status == 201;
    if (created && !name.model.may_be_absent(view_of(request, knowledge)))
        refuse(request, answer, knowledge, "the name was not free");
    if (!created && !name.model.find(view_of(request, knowledge), was_there))
        refuse(request, answer, knowledge, "there was nothing");
    if (request.kind == RequestKind::put_where_free && (!created || !name.model.fill()))
        refuse(request, answer, knowledge, "the name was not free so often");
    if (request.kind == RequestKind::put_wrong_digest) refuse(request, answer, knowledge, "the digest is wrong");
    if (!request.tag.empty()) {
        const auto replaced = name.model.find_tag(request.tag);
        const auto held = replaced ? name.model.at(*replaced).content : std::nullopt;
        if (!replaced || !name.model.may_be(held, view_of(request, knowledge)))
            refuse(request, answer, knowledge, "the name did not have the tag " + request.tag);
        if (!name.model.replace_tag(request.tag))
            refuse(request, answer, knowledge, "another write has replaced " + request.tag);
    }
    const std::string_view tag = answer.field("etag");
    if (removes(request.kind)) return;
    if (!name.model.note_tag(tag, *request.write)) refuse(request, answer, knowledge, "another content had its tag");
    name.recent_tag = tag;
}

/// A refusal that the state of the name must explain.
void check_refusal(const SimulatedRequest& request, const ReceivedAnswer& answer, Knowledge& knowledge) {
    const NameModel& model = knowledge.names[request.name].model;
    switch (answer.status) {
        case 400:
            if (request.kind == RequestKind::put_wrong_digest) return;
            break;
        case 404:
            if (removes(request.kind) && model.may_be_absent(view_of(request, knowledge))) return;
            break;
        case 412: {
            const auto wanted = request.tag.empty() ? std::nullopt : model.find_tag(request.tag);
            const auto differs = [&](const std::optional<std::string>& content) {
                return wanted ? content != model.at(*wanted).content : content.has_value();
            };
            if (has_condition(request.kind) && model.find(view_of(request, knowledge), differs)) return;
            break;
        }
        case 409:
            // The folder was removed again and again while the upload looked for it.
            if (!removes(request.kind) && !knowledge.names[request.name].folder().empty()) return;
            break;
        default: break;
    }
    if (!is_fault(answer.status) || knowledge.faults == request.faults_before)
        refuse(request, answer, knowledge, "nothing explains this refusal");
}

}  // namespace

std::string_view kind_name(RequestKind kind) { return kKindNames[static_cast<std::size_t>(kind)]; }

SimulatedRequest plan_request(RequestKind kind, std::size_t number, Random& random, Knowledge& knowledge,
                              std::uint32_t client) {
    SharedName& name = knowledge.names[number];
    SimulatedRequest request{.kind = kind, .name = number, .begun = ++knowledge.now};
    request.faults_before = knowledge.faults;
    const bool wants_tag =
        kind == RequestKind::revalidate || kind == RequestKind::put_over_tag || kind == RequestKind::remove_tag;
    if (wants_tag) {
        if (name.recent_tag.empty()) return plan_request(RequestKind::get, number, random, knowledge, client);
        request.tag = name.recent_tag;
    }
    if (kind == RequestKind::remove_folder && name.folder().empty())
        return plan_request(RequestKind::get, number, random, knowledge, client);
    std::string content;
    const auto begin_write = [&] {
        content = make_content(++knowledge.contents, length_of_content(random));
        request.write = name.model.begin(content, request.begun);
    };
    switch (kind) {
        case RequestKind::get: request.bytes = head("GET", name.path); break;
        case RequestKind::head: request.bytes = head("HEAD", name.path); break;
        case RequestKind::range:
            request.first = random.below(400);
            request.last = request.first + random.below(random.one_in(4) ? 200'000 : 60);
            request.bytes =
                head("GET", name.path,
                     "Range: bytes=" + std::to_string(request.first) + "-" + std::to_string(request.last) + "\r\n");
            break;
        case RequestKind::revalidate:
            request.bytes = head("GET", name.path, "If-None-Match: " + request.tag + "\r\n");
            break;
        case RequestKind::echo:
            request.text = "client-" + std::to_string(client) + "-at-" + std::to_string(request.begun);
            request.bytes = head("GET", "echo/" + request.text);
            break;
        case RequestKind::put:
            begin_write();
            request.bytes = with_length(name.path, {}, content);
            break;
        case RequestKind::put_chunked:
            begin_write();
            request.bytes = in_chunks(name.path, content, random);
            break;
        case RequestKind::put_over_tag:
            begin_write();
            request.bytes = with_length(name.path, "If-Match: " + request.tag + "\r\n", content);
            break;
        case RequestKind::put_where_free:
            begin_write();
            request.bytes = with_length(name.path, "If-None-Match: *\r\n", content);
            break;
        case RequestKind::put_wrong_digest:
            begin_write();
            request.bytes = with_length(
                name.path, "Content-Digest: sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:\r\n", content);
            break;
        case RequestKind::remove:
        case RequestKind::remove_tag:
            request.write = name.model.begin(std::nullopt, request.begun);
            request.bytes = head("DELETE", name.path, request.tag.empty() ? "" : "If-Match: " + request.tag + "\r\n");
            break;
        case RequestKind::remove_folder: request.bytes = head("DELETE", name.folder()); break;
    }
    return request;
}

SimulatedRequest plan_request(Random& random, Knowledge& knowledge, std::uint32_t client) {
    const RequestKind kind = choose_kind(random);
    return plan_request(kind, random.below(knowledge.names.size()), random, knowledge, client);
}

bool check_answer(const SimulatedRequest& request, const ReceivedAnswer& answer, Knowledge& knowledge) {
    ++knowledge.now;
    if (answer.status == 408) {
        if (knowledge.now_ms - request.begun_ms < kShortMs)
            refuse(request, answer, knowledge, "hardly any time has passed");
        if (request.write)
            knowledge.names[request.name].model.end(*request.write, Write::Outcome::refused, knowledge.now);
        return false;
    }
    if (request.kind == RequestKind::remove_folder) {
        check_folder_removal(request, answer, knowledge);
        return false;
    }
    if (!request.write) {
        check_read(request, answer, knowledge);
        return false;
    }
    NameModel& model = knowledge.names[request.name].model;
    const bool succeeded = answer.status == 201 || answer.status == 204;
    // A failure behind the naming is told, but cannot be taken back.
    const bool is_unknown = answer.status == 500;
    model.end(*request.write,
              succeeded    ? Write::Outcome::done
              : is_unknown ? Write::Outcome::unknown
                           : Write::Outcome::refused,
              knowledge.now);
    if (succeeded) {
        check_success(request, answer, knowledge);
    } else {
        check_refusal(request, answer, knowledge);
    }
    return succeeded;
}

}  // namespace simulation
