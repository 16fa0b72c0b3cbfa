// What the options of a site leave to the disk: whether a file or a directory is served, and the table of media types.
#include "app/served_site.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

#include "media/media_type.h"

namespace app {
namespace {

/// When a file is named in place of a directory, its directory is served, but nothing in it except that file.
std::expected<void, std::string> narrow_to_file(Options& options) {
    struct stat status{};
    if (::stat(options.directory.c_str(), &status) != 0 || S_ISDIR(status.st_mode)) return {};
    if (!S_ISREG(status.st_mode)) return std::unexpected(options.directory + " is neither a directory nor a file");
    site::SiteConfig& site = options.site;
    if (site.allow_upload || site.allow_delete) {
        return std::unexpected(options.directory + " is a file: writing needs a directory to serve");
    }
    const std::size_t slash = options.directory.rfind('/');
    const std::string name = slash == std::string::npos ? options.directory : options.directory.substr(slash + 1);
    if (name.starts_with('.')) return std::unexpected("files whose names begin with a dot are not served: " + name);
    // With --user another one is to read it, and the start says when that one may not.
    if (options.user.empty() && ::faccessat(AT_FDCWD, options.directory.c_str(), R_OK, AT_EACCESS) != 0) {
        return std::unexpected("cannot read the file to serve, " + options.directory + ": " + std::strerror(errno));
    }
    options.directory = slash == std::string::npos ? "." : slash == 0 ? "/" : options.directory.substr(0, slash);
    site.only_path = "/" + name;
    site.index_name = name;
    site.listing = site.builtin = false;
    site.records_path.clear();
    return {};
}

std::expected<void, std::string> take_media_types(Options& options) {
    media::FileMediaTypes configured;
    if (!options.mime_types.empty()) {
        auto types = media::read_media_types(options.mime_types);
        if (!types) return std::unexpected(types.error());
        configured = std::move(*types);
    }
    options.site.media_types = std::make_shared<const media::MediaTypes>(std::move(configured), options.coded_names);
    return {};
}

}  // namespace

std::expected<void, std::string> look_up_site(Options& options) {
    if (auto narrowed = narrow_to_file(options); !narrowed) return narrowed;
    return take_media_types(options);
}

}  // namespace app
