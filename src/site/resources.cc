// The paths of the built-in endpoints.
#include "site/resources.h"

#include <array>

#include "listings/page_assets.h"
#include "site/share_list.h"
#include "site/sign_in_page.h"

namespace site {
namespace {

using handler::Resource;
using Kind = Resource::Kind;

constexpr std::string_view kFiles = "/files";
constexpr std::string_view kEchoPrefix = "/echo/";
constexpr std::string_view kUserAgentPath = "/user-agent";
constexpr std::string_view kHealthPath = "/healthz";
/// The shortest path of a built-in endpoint.
constexpr std::size_t kShortestEndpoint = kFiles.size();

}  // namespace

Resources::Resources(const storage::FileRoot& root, const SiteConfig& rules, const records::Records& records,
                     const uploads::ResumableUploads& resumable)
    : root_(root),
      records_(records),
      resumable_(resumable),
      has_sign_in_page_(rules.has_sign_in_page),
      has_shares_(rules.allow_share) {
    if (!rules.builtin) return;
    struct Builtin {
        Kind kind;
        std::string_view entry;  ///< in the root, which takes its place
    };
    static constexpr std::array kBuiltins = {Builtin{Kind::echo, "/echo"}, Builtin{Kind::files_prefix, kFiles},
                                             Builtin{Kind::user_agent, kUserAgentPath},
                                             Builtin{Kind::health, kHealthPath}};
    for (const Builtin& each : kBuiltins) {
        if (root.stat_name_inside(each.entry)) {
            shadowed_.push_back(each.entry.substr(1));
        } else {
            on_ |= 1U << static_cast<unsigned>(each.kind);
        }
    }
}

Resource Resources::below_root(std::string_view path) const {
    if (path == "/") return {Kind::root, path};
    if (root_.is_hidden(path)) return {Kind::hidden, path};
    return {path.ends_with('/') ? Kind::directory : Kind::file, path};
}

Resource Resources::endpoint_or_file(Kind kind, bool matches, std::string_view path) const {
    return matches && is_on(kind) ? Resource{kind, path} : below_root(path);
}

/// Of a path that begins with a dot.
Resource Resources::own_or_hidden(std::string_view path) const {
    if (resumable_.owns(path)) return {Kind::upload, path};
    if (listings::PageAssets::owns(path)) return {Kind::page_asset, path};
    if (has_shares_ && ShareList::owns(path)) return {Kind::shares, path};
    if (!has_sign_in_page_) return below_root(path);
    if (path == kSignInPath) return {Kind::sign_in, path};
    return path == kSignOutPath ? Resource{Kind::sign_out, path} : below_root(path);
}

Resource Resources::find(const http::Request& request) const {
    if (request.target.form == http::Target::Form::asterisk) return {Kind::server, "/"};
    return find(request.path());
}

Resource Resources::find(std::string_view path) const {
    if (records_.owns(path)) return {records_.is_collection(path) ? Kind::records : Kind::record, path};
    if (path.size() < kShortestEndpoint) return below_root(path);
    switch (path[1]) {
        case '.': return own_or_hidden(path);
        case 'e': return endpoint_or_file(Kind::echo, path.starts_with(kEchoPrefix), path);
        case 'f':
            if (!path.starts_with(kFiles) || !is_on(Kind::files_prefix)) return below_root(path);
            if (path.size() == kFiles.size()) return {Kind::files_prefix, path};
            if (path[kFiles.size()] != '/') return below_root(path);
            // The pages below /files/ find their style and script there, because their addresses are relative.
            if (listings::PageAssets::owns(path.substr(kFiles.size()))) return {Kind::page_asset, path};
            return below_root(path.substr(kFiles.size()));
        case 'u': return endpoint_or_file(Kind::user_agent, path == kUserAgentPath, path);
        case 'h': return endpoint_or_file(Kind::health, path == kHealthPath, path);
        default: return below_root(path);
    }
}

}  // namespace site
