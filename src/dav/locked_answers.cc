// Which lock it was is found out again: few writes meet one.
#include "dav/locked_answers.h"

#include <string>
#include <utility>

#include "dav/found_path.h"
#include "dav/property_writer.h"
#include "handler/error_page.h"
#include "http/target.h"
#include "storage/locks.h"
#include "storage/written_path.h"

namespace dav {
namespace {

using http::Method;
using http::Status;
using storage::Lock;
using storage::Touched;

bool is_below(std::string_view path, std::string_view folder) {
    if (folder.ends_with('/')) folder.remove_suffix(1);
    return !folder.empty() && path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

void set_xml(http::Response& response, std::string text) {
    response.fields = {};
    response.add("Content-Type", "application/xml; charset=utf-8");
    response.body = http::Piece(std::move(text));
}

}  // namespace

bool may_know_of(const handler::RightsRules& rules, const http::Request& request, const Lock& lock) {
    using handler::Right;
    const bool is_folder = lock.kind == Lock::Kind::folder;
    const handler::Rights rights = rights_of(rules, request, lock.path + (is_folder ? "/" : ""));
    return rights.has(Right::read) || (is_folder && rights.has(Right::list));
}

void describe_locked(const LockView& view, const handler::RightsRules& rules, const http::Request& request,
                     std::string_view path, std::string_view destination, http::Response& response) {
    if (handler::prefers_html(request)) return;
    const auto keys = storage::LockKeys::of(request);
    const bool takes_away = request.method == Method::del || request.method == Method::move;
    const bool is_copy = request.method == Method::copy;
    const auto written = storage::find_written_path(view.root, path);
    const auto arrival = storage::find_written_path(view.root, destination);
    if (!written || !arrival) return;
    const Lock* lock = nullptr;
    if (!is_copy) lock = view.locks->find_obstacle(*written, takes_away ? Touched::tree : Touched::name, keys);
    if (lock == nullptr && !destination.empty()) lock = view.locks->find_obstacle(*arrival, Touched::tree, keys);
    if (lock == nullptr) return;
    const bool is_in_source = takes_away && is_below(lock->path, *written);
    const bool is_inside = is_in_source || is_below(lock->path, *arrival);
    const bool is_named = !is_inside || may_know_of(rules, request, *lock);
    const std::string href =
        is_named ? lock_href(view.path_prefix, *lock)
                 : http::encode_path(std::string(view.path_prefix).append(is_in_source ? *written : *arrival));
    if (!is_inside || !is_named) return set_xml(response, error_document("lock-token-submitted", href));
    std::string text;
    PropertyWriter::append_opening(text);
    PropertyWriter::append_failure(text, href, Status::locked);
    PropertyWriter::append_closing(text);
    response.status = Status::multi_status;
    set_xml(response, std::move(text));
}

}  // namespace dav
