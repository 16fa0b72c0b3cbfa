// The prefix of every element is "D", as in the other answers.
#include "dav/lock_xml.h"

#include <utility>
#include <vector>

#include "base/escape.h"
#include "dav/xml_name.h"
#include "dav/xml_reader.h"
#include "http/target.h"
#include "storage/written_path.h"

namespace dav {
namespace {

using http::Refusal;
using http::Status;
using storage::Lock;

/// lockinfo, lockscope, exclusive; and of the owner everything.
constexpr std::size_t kScopeDepth = 3;
constexpr std::size_t kOwnerDepth = 2;

constexpr Refusal kNoLockInfo{Status::bad_request,
                              "the body of LOCK is the element lockinfo of the namespace DAV:, with lockscope "
                              "(exclusive or shared) and locktype (write); without a body it refreshes a lock."};
constexpr Refusal kLongOwner{Status::bad_request, "the owner of a lock takes at most 1024 bytes."};

constexpr std::string_view kSupported =
    "<D:lockentry><D:lockscope><D:exclusive/></D:lockscope><D:locktype><D:write/></D:locktype></D:lockentry>"
    "<D:lockentry><D:lockscope><D:shared/></D:lockscope><D:locktype><D:write/></D:locktype></D:lockentry>";

void append_lock(std::string& out, const Lock& lock, const LockView& view) {
    out.append("<D:activelock><D:locktype><D:write/></D:locktype><D:lockscope>")
        .append(lock.scope == Lock::Scope::shared ? "<D:shared/>" : "<D:exclusive/>")
        .append("</D:lockscope><D:depth>")
        .append(lock.reach == Lock::Reach::all_below ? "infinity" : "0")
        .append("</D:depth>");
    if (!lock.owner.empty()) out.append("<D:owner>").append(lock.owner).append("</D:owner>");
    out.append("<D:timeout>Second-");
    base::append_decimal(out, static_cast<std::uint64_t>(view.locks->seconds_left(lock)));
    out.append("</D:timeout><D:locktoken><D:href>").append(lock.token).append("</D:href></D:locktoken>");
    out.append("<D:lockroot><D:href>");
    append_xml_escaped(out, lock_href(view.path_prefix, lock));
    out.append("</D:href></D:lockroot></D:activelock>");
}

}  // namespace

std::expected<LockRequest, Refusal> parse_lock_request(std::string_view body) {
    const auto root = read_xml(body, kScopeDepth);
    if (!root) return std::unexpected(root.error());
    if (!root->name.is_dav("lockinfo")) return std::unexpected(kNoLockInfo);
    const XmlElement* const scope = root->find_dav("lockscope");
    const XmlElement* const type = root->find_dav("locktype");
    if (scope == nullptr || type == nullptr || type->find_dav("write") == nullptr) return std::unexpected(kNoLockInfo);
    const bool is_shared = scope->find_dav("shared") != nullptr;
    if (is_shared == (scope->find_dav("exclusive") != nullptr)) return std::unexpected(kNoLockInfo);
    LockRequest request{.scope = is_shared ? Lock::Scope::shared : Lock::Scope::exclusive, .owner = {}};
    if (root->find_dav("owner") == nullptr) return request;
    // The reader keeps values at one depth only, so the owner is read by itself.
    auto again = read_xml(body, kOwnerDepth);
    if (!again) return std::unexpected(again.error());
    for (XmlElement& each : again->children) {
        if (each.name.is_dav("owner")) request.owner = std::move(each.value);
    }
    if (request.owner.size() > kMostOwnerBytes) return std::unexpected(kLongOwner);
    return request;
}

std::string LockView::discovery(std::string_view path) const {
    std::string text;
    if (locks == nullptr || locks->empty()) return text;
    const auto written = storage::find_written_path(root, path);
    if (!written) return text;
    for (const Lock* lock : locks->find_covering(*written)) {
        if (text.size() > kMostDiscoveryBytes) break;
        append_lock(text, *lock, *this);
    }
    return text;
}

std::string_view LockView::supported() const { return locks == nullptr ? std::string_view() : kSupported; }

std::string discovery_document(std::string_view discovery) {
    std::string text("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<D:prop xmlns:D=\"DAV:\"><D:lockdiscovery>");
    return text.append(discovery).append("</D:lockdiscovery></D:prop>\n");
}

std::string lock_href(std::string_view path_prefix, const Lock& lock) {
    std::string href = http::encode_path(std::string(path_prefix).append(lock.path));
    if (lock.kind == Lock::Kind::folder) href.push_back('/');
    return href;
}

std::string error_document(std::string_view precondition, std::string_view href) {
    std::string text("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<D:error xmlns:D=\"DAV:\"><D:");
    text.append(precondition);
    if (href.empty()) return text.append("/></D:error>\n");
    text.append("><D:href>");
    append_xml_escaped(text, href);
    return text.append("</D:href></D:").append(precondition).append("></D:error>\n");
}

}  // namespace dav
