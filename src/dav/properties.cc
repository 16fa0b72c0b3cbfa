// What is there is looked up when the body is in, so that the answer is about that moment.
#include "dav/properties.h"

#include <sys/stat.h>

#include <cerrno>
#include <optional>
#include <utility>

#include "dav/found_path.h"
#include "dav/multistatus_source.h"
#include "dav/property_writer.h"
#include "dav/xml_body.h"
#include "handler/error_page.h"
#include "handler/ready_answer.h"
#include "handler/visible_entries.h"
#include "storage/locks.h"

namespace dav {
namespace {

using handler::Right;
using http::Depth;
using http::Refusal;
using http::Status;

constexpr int kRetrySeconds = 1;

constexpr Refusal kNotReadable = http::missing_right("you may not read this.");
constexpr Refusal kNotListed = http::missing_right("directories are not listed here.");
/// For the error log.
constexpr std::string_view kUnread = "properties could not be read from the disk; PROPFIND says so";
constexpr std::string_view kInfinite =
    "PROPFIND of a folder has Depth 0 or 1; infinity, which is also meant without "
    "the field, is not answered";

/// RFC 4918 §9.1: the precondition propfind-finite-depth.
http::Response refuse_infinity() {
    http::Response response = multistatus_response();
    response.status = Status::forbidden;
    response.body =
        http::Piece(std::string("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
                                "<D:error xmlns:D=\"DAV:\"><D:propfind-finite-depth/></D:error>\n"));
    response.reason = kInfinite;
    return response;
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

http::Response Properties::answer(const http::Request& request, const Asked& asked, PropertyQuery query) const {
    const auto found = find_path(root_, asked.path);
    if (!found) return handler::refusal_response(&request, found.error());
    if (config_.locks != nullptr && query.live.has(LiveProperty::lock_discovery)) {
        if (const auto unread = config_.locks->find_unread()) return handler::refusal_response(&request, *unread);
    }
    if (found->is_directory()) return answer_folder(request, *found, asked.depth, std::move(query));
    const std::string href = href_of(request, false);
    EntryProperties entry{.href = href,
                          .name = last_name(found->path),
                          .status = found->status,
                          .media_type = config_.media_types->type_of(found->path)};
    entry.tell_locks(lock_view(), found->path, query);
    if (query.needs_descriptor()) {
        if (const auto opened = root_.open_for_reading(found->path)) {
            entry.look_into(opened->get(), query);
        } else {
            entry.unread = opened.error().number;
        }
    }
    http::Response response = multistatus_response();
    if (entry.has_fault()) response.reason = kUnread;
    std::string text;
    PropertyWriter::append_opening(text);
    PropertyWriter(std::move(query)).append_entry(text, entry, clock_.unix_ns());
    PropertyWriter::append_closing(text);
    response.body = http::Piece(std::move(text));
    return response;
}

http::Response Properties::answer_folder(const http::Request& request, const FoundPath& folder, http::Depth depth,
                                         PropertyQuery query) const {
    const handler::Rights rights = rights_of(rules_, request, folder.path);
    if (!rights.has_any_of(handler::Rights(Right::read, Right::list)))
        return handler::refusal_response(&request, kNotReadable);
    if (depth == Depth::infinity || depth == Depth::unstated) return refuse_infinity();
    if (depth == Depth::one && !rights.has(Right::list)) return handler::refusal_response(&request, kNotListed);
    auto opened = root_.open_directory(folder.path);
    if (!opened && depth == Depth::one) return handler::refusal_response(&request, path_refusal(opened.error()));
    std::string href = href_of(request, true);
    EntryProperties entry{.href = href, .name = last_name(folder.path), .is_directory = true, .status = folder.status};
    entry.tell_locks(lock_view(), folder.path, query);
    if (opened) {
        entry.look_into(opened->get(), query);
        // How full the disk is is for those who may fill it.
        if (rights.has(Right::create)) entry.tell_quota(opened->get());
    } else if (query.needs_descriptor() || (query.wants_quota() && rights.has(Right::create))) {
        entry.unread = opened.error().number;
    }
    PropertyWriter writer(std::move(query));
    http::Response response = multistatus_response();
    if (entry.has_fault()) response.reason = kUnread;
    std::string text;
    PropertyWriter::append_opening(text);
    writer.append_entry(text, entry, clock_.unix_ns());
    if (depth == Depth::zero) {
        PropertyWriter::append_closing(text);
        response.body = http::Piece(std::move(text));
        return response;
    }
    http::MemoryHold hold(share_, request.client.key);
    if (!hold.grow(kMultistatusBytes)) {
        return handler::unavailable(&request, "too many listings are being made; ask again later.", kRetrySeconds);
    }
    base::DirectoryStream directory(std::move(*opened));
    if (!directory) return handler::refusal_response(&request, path_refusal(storage::FileError{errno}));
    response.body = std::make_unique<MultistatusSource>(
        std::move(text), std::move(writer),
        MultistatusSource::Folder{
            .root = root_,
            .clock = clock_,
            .types = config_.media_types,
            .path = folder.path,
            .href = std::move(href),
            .visible = handler::VisibleEntries(rules_.grants, handler::Client::of(request), folder.path),
            .locks = lock_view()},
        std::move(directory), std::move(hold));
    return response;
}

}  // namespace dav
