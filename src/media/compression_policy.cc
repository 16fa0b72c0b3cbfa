// What shrinks and what does not, by media type.
#include "media/compression_policy.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"

namespace media {
namespace {

std::string_view without_parameters(std::string_view media_type) {
    return base::trim_blanks(media_type.substr(0, media_type.find(';')));
}

constexpr auto kCompressible = std::to_array<std::string_view>({
    "application/javascript",
    "application/json",
    "application/json5",
    "application/manifest+json",
    "application/mbox",
    "application/n-quads",
    "application/n-triples",
    "application/pem-certificate-chain",
    "application/pgp-keys",
    "application/postscript",
    "application/rtf",
    "application/toml",
    "application/trig",
    "application/vnd.apple.mpegurl",
    "application/vnd.ms-fontobject",
    "application/wasm",
    "application/x-ndjson",
    "application/xml-dtd",
    "application/xml",
    "application/yaml",
    "font/collection",
    "font/otf",
    "font/ttf",
    "image/bmp",
    "image/svg+xml",
    "image/vnd.adobe.photoshop",
    "image/vnd.microsoft.icon",
    "message/rfc822",
    "model/obj",
});

constexpr auto kCompressed = std::to_array<std::string_view>({
    "application/epub+zip",
    "application/gzip",
    "application/java-archive",
    "application/pdf",
    "application/vnd.android.package-archive",
    "application/vnd.comicbook+zip",
    "application/vnd.comicbook-rar",
    "application/vnd.debian.binary-package",
    "application/vnd.google-earth.kmz",
    "application/vnd.rar",
    "application/x-7z-compressed",
    "application/x-apple-diskimage",
    "application/x-brotli",
    "application/x-bzip2",
    "application/x-lha",
    "application/x-lz4",
    "application/x-lzh",
    "application/x-lzip",
    "application/x-rpm",
    "application/x-xpinstall",
    "application/x-xz",
    "application/zip",
    "application/zstd",
    "font/woff",
    "font/woff2",
    "model/vnd.usdz+zip",
});

}  // namespace

bool is_compressible(std::string_view media_type) {
    const std::string_view type = without_parameters(media_type);
    return type.starts_with("text/") || type.ends_with("+json") || type.ends_with("+xml") ||
           std::ranges::find(kCompressible, type) != kCompressible.end();
}

bool is_compressed(std::string_view media_type) {
    const std::string_view type = without_parameters(media_type);
    if (is_compressible(type)) return false;
    return type.starts_with("image/") || type.starts_with("audio/") || type.starts_with("video/") ||
           type.starts_with("application/vnd.openxmlformats") || type.starts_with("application/vnd.oasis") ||
           std::ranges::find(kCompressed, type) != kCompressed.end();
}

bool CompressionPolicy::compresses(std::string_view media_type, std::uint64_t bytes) const {
    return level > 0 && bytes > 0 && bytes >= min_bytes && is_compressible(media_type);
}

}  // namespace media
