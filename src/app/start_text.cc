// What the program says of itself: --version, and the line that is printed when the server is ready.
#include <algorithm>
#include <array>
#include <string_view>

#include "access_control/password_hash.h"
#include "app/encryption.h"
#include "app/option_values.h"
#include "app/options.h"
#include "dav/xml_reader.h"
#include "server/http2/entry.h"
#include "storage/digest.h"

namespace app {
namespace {

/// What this build lacks, and what that costs; empty when it lacks nothing.
const std::array<std::string_view, 6> build_lacks = {
    std::string_view(GODWIT_URING_VERSION).empty()
        ? "without io_uring (liburing-dev): other processes wait for the disk, which costs more"
        : "",
    storage::has_digests() ? ""
                           : "without digests (libssl-dev): what Content-Digest and Want-Repr-Digest ask is ignored",
    has_encryption() ? "" : "without TLS (libssl-dev): there are no https addresses",
    server::http2::is_built_in() ? "" : "without HTTP/2 (libnghttp2-dev): clients that begin with it are answered 505",
    dav::has_xml_reader() ? "" : "without WebDAV (libexpat1-dev): there is no --dav",
    access_control::has_password_hashes() ? "" : "without password hashes (libcrypt-dev): --users takes tokens only"};

std::string rights_text(const site::SiteConfig& site) {
    std::string text = std::string("uploads ").append(on_or_off(site.allow_upload));
    if (site.allow_upload && !site.allow_replace) text += ", replacing off";
    return text.append(", deletes ").append(on_or_off(site.allow_delete));
}

}  // namespace

std::string url_list(std::span<const net::Address> addresses) {
    std::string text;
    for (const net::Address& address : addresses) {
        if (!text.empty()) text += ", ";
        text += address.url();
    }
    return text;
}

std::string version_text() {
    std::string text = "godwit " GODWIT_VERSION "\nbuilt with zlib " GODWIT_ZLIB_VERSION;
    const std::string_view uring = GODWIT_URING_VERSION;
    if (!uring.empty()) text += ", io_uring (liburing " + std::string(uring) + ")";
    if (storage::has_digests()) text += ", digests (" + std::string(storage::digest_library()) + ")";
    if (has_encryption()) text += ", TLS (" + std::string(encryption_library()) + ")";
    if (server::http2::is_built_in()) {
        text += ", HTTP/2 (nghttp2 " + std::string(server::http2::library_version()) + ")";
    }
    if (dav::has_xml_reader()) text += ", WebDAV (expat " + std::string(dav::xml_library_version()) + ")";
    text += "\n";
    for (const std::string_view lack : build_lacks) {
        if (!lack.empty()) text.append(lack) += "\n";
    }
    return text;
}

std::string start_line(const Options& options, const std::string& directory, std::span<const net::Address> bound,
                       std::span<const std::string> reachable, std::string_view sandbox) {
    std::string line = "godwit " GODWIT_VERSION ", sandbox " + std::string(sandbox) + ": serving " +
                       printable(directory, kWholeText) + " on " + url_list(bound);
    line += options.grants.empty() ? " (" + rights_text(options.site) : " (rights by --grant";
    for (const std::string& url : reachable) line += (&url == reachable.data() ? "; others use " : ", ") + url;
    const auto is_all_of = [&](net::Family family) {
        return std::ranges::any_of(
            bound, [&](const net::Address& address) { return address.is_wildcard() && address.family == family; });
    };
    if (is_all_of(net::Family::ipv6) && !is_all_of(net::Family::ipv4)) {
        line += "; IPv6 only, --bind 0.0.0.0 adds IPv4";
    }
    if (!options.site.path_prefix.empty()) line += "; below " + printable(options.site.path_prefix, kWholeText);
    if (options.site.speaks_dav) line += "; WebDAV";
    if (!options.admin.empty()) line += "; admin on " + url_list(options.admin);
    if (options.are_sockets_handed_over) line += "; on sockets that were handed over";
    if (std::string_view(GODWIT_URING_VERSION).empty()) line += "; without io_uring";
    if (!storage::has_digests()) line += "; without digests";
    line += ")\n";
    for (const access_control::Grant& grant : options.grants) {
        line += "  grant " + printable(grant.text(), kWholeText) + "\n";
    }
    return line;
}

}  // namespace app
