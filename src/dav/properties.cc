// What is there is looked up when the body is in, so that the answer is about that moment.
#include "dav/properties.h"

#include <sys/stat.h>
#include <sys/statvfs.h>

#include <cerrno>
#include <optional>
#include <utility>

#include "dav/multistatus_source.h"
#include "dav/property_writer.h"
#include "dav/xml_body.h"
#include "handler/error_page.h"
#include "handler/ready_answer.h"
#include "handler/visible_entries.h"
#include "http/target.h"

namespace dav {
namespace {

using handler::Right;
using http::Depth;
using http::Refusal;
using http::Status;

constexpr int kRetrySeconds = 1;

constexpr Refusal kNothingThere{Status::not_found, "there is nothing at this path."};
constexpr Refusal kDenied{Status::forbidden, "the server has no permission to read this."};
constexpr Refusal kUnreadable{Status::internal_server_error, "this could not be read from the disk."};
constexpr Refusal kNotReadable = http::missing_right("you may not read this.");
constexpr Refusal kNotListed = http::missing_right("directories are not listed here.");
constexpr std::string_view kInfinite =
    "PROPFIND of a folder has Depth 0 or 1; infinity, which is also meant without "
    "the field, is not answered";

Refusal refusal_of(storage::FileError error) {
    switch (error.number) {
        case ENOENT:
        case ENOTDIR:
        case ELOOP:
        case EXDEV:
        case ENAMETOOLONG:
        case EINVAL: return kNothingThere;
        case EACCES:
        case EPERM: return kDenied;
        default: return kUnreadable;
    }
}

void describe_xml(http::Response& response) {
    response.add("Content-Type", "application/xml; charset=utf-8");
    response.add("Cache-Control", "no-cache");
}

/// RFC 4918 §9.1: the precondition propfind-finite-depth.
http::Response refuse_infinity() {
    http::Response response;
    response.status = Status::forbidden;
    describe_xml(response);
    response.body =
        http::Piece(std::string("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
                                "<D:error xmlns:D=\"DAV:\"><D:propfind-finite-depth/></D:error>\n"));
    response.reason = kInfinite;
    return response;
}

/// Of the file system that `directory` is on.
std::optional<Quota> find_quota(int directory) {
    struct statvfs system{};
    if (::fstatvfs(directory, &system) != 0) return std::nullopt;
    return Quota{.available = std::uint64_t{system.f_bavail} * system.f_frsize,
                 .used = (std::uint64_t{system.f_blocks} - system.f_bfree) * system.f_frsize};
}

std::string_view last_name(std::string_view path) {
    if (path.ends_with('/')) path.remove_suffix(1);
    return path.substr(path.rfind('/') + 1);
}

}  // namespace

handler::Decision Properties::find(const http::Request& request, std::string_view path) {
    const auto depth = http::parse_depth(request);
    if (!depth) return handler::refusal_response(&request, depth.error());
    Asked asked{.path = std::string(path), .depth = *depth};
    if (!request.has_body()) return answer(request, asked, *parse_property_query({}));
    return take_xml_body(request, [this, asked = std::move(asked)](const http::Request& kept, const std::string& body) {
        auto query = parse_property_query(body);
        return std::make_unique<handler::ReadyAnswer>(query ? answer(kept, asked, std::move(*query))
                                                            : handler::refusal_response(&kept, query.error()));
    });
}

handler::Rights Properties::rights_at(const http::Request& request, std::string_view path) const {
    return rules_.resolve_rights({handler::Resource::Kind::directory, path}, handler::Client::of(request));
}

std::string Properties::href_of(std::string_view path) const {
    return http::encode_path(std::string(config_.path_prefix).append(path));
}

http::Response Properties::answer(const http::Request& request, const Asked& asked, PropertyQuery query) const {
    const auto status = root_.stat_inside(asked.path);
    if (!status) return handler::refusal_response(&request, refusal_of(status.error()));
    if (S_ISDIR(status->st_mode)) {
        Asked folder = asked;
        if (!folder.path.ends_with('/')) folder.path.push_back('/');
        return answer_folder(request, folder, std::move(query), *status);
    }
    if (!S_ISREG(status->st_mode) || asked.path.ends_with('/'))
        return handler::refusal_response(&request, kNothingThere);
    const std::string href = href_of(request.path());
    EntryProperties entry{.href = href,
                          .name = last_name(asked.path),
                          .status = *status,
                          .media_type = config_.media_types->type_of(asked.path)};
    if (query.wants(LiveProperty::creation_date)) {
        const auto opened = root_.open_for_reading(asked.path);
        if (opened) entry.born_s = find_birth(opened->get(), "");
    }
    http::Response response;
    response.status = Status::multi_status;
    describe_xml(response);
    std::string text;
    PropertyWriter::append_opening(text);
    PropertyWriter(std::move(query)).append_entry(text, entry, clock_.unix_ns());
    PropertyWriter::append_closing(text);
    response.body = http::Piece(std::move(text));
    return response;
}

http::Response Properties::answer_folder(const http::Request& request, const Asked& asked, PropertyQuery query,
                                         const struct stat& status) const {
    const handler::Rights rights = rights_at(request, asked.path);
    if (!rights.has_any_of(handler::Rights(Right::read, Right::list)))
        return handler::refusal_response(&request, kNotReadable);
    if (asked.depth == Depth::infinity || asked.depth == Depth::unstated) return refuse_infinity();
    if (asked.depth == Depth::one && !rights.has(Right::list)) return handler::refusal_response(&request, kNotListed);
    auto opened = root_.open_directory(asked.path);
    if (!opened && asked.depth == Depth::one) return handler::refusal_response(&request, refusal_of(opened.error()));
    std::string href = href_of(request.path());
    if (!href.ends_with('/')) href.push_back('/');
    EntryProperties entry{.href = href, .name = last_name(asked.path), .is_directory = true, .status = status};
    if (opened) {
        if (query.wants(LiveProperty::creation_date)) entry.born_s = find_birth(opened->get(), "");
        // How full the disk is is for those who may fill it.
        if (rights.has(Right::create)) entry.quota = find_quota(opened->get());
    }
    PropertyWriter writer(std::move(query));
    http::Response response;
    response.status = Status::multi_status;
    describe_xml(response);
    std::string text;
    PropertyWriter::append_opening(text);
    writer.append_entry(text, entry, clock_.unix_ns());
    if (asked.depth == Depth::zero) {
        PropertyWriter::append_closing(text);
        response.body = http::Piece(std::move(text));
        return response;
    }
    http::MemoryHold hold(share_, request.client.key);
    if (!hold.grow(kMultistatusBytes)) {
        return handler::unavailable(&request, "too many listings are being made; ask again later.", kRetrySeconds);
    }
    base::DirectoryStream directory(std::move(*opened));
    if (!directory) return handler::refusal_response(&request, refusal_of(storage::FileError{errno}));
    response.body = std::make_unique<MultistatusSource>(
        std::move(text), std::move(writer),
        MultistatusSource::Folder{
            .root = root_,
            .clock = clock_,
            .types = config_.media_types,
            .path = asked.path,
            .href = std::move(href),
            .visible = handler::VisibleEntries(rules_.grants, handler::Client::of(request), asked.path)},
        std::move(directory), std::move(hold));
    return response;
}

}  // namespace dav
