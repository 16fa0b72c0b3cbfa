// Media types by file name extension (RFC 9110 §8.3): those that the operator configured, then the built-in ones. A
// part of the site's rules; asked by the representation builder once per opened file, and by listings.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "media/media_type_file.h"

namespace media {

/// Names of files that hold something in a content coding: ".js.gz" is JavaScript in gzip.
struct CodedName {
    std::string ending;     ///< in lower case, with its dot in front
    std::string extension;  ///< of what the file holds
    std::string coding;     ///< as in Content-Encoding
};

/// What a name says of a file's content.
struct NamedType {
    std::string_view media_type;
    std::string_view coding;  ///< for Content-Encoding (RFC 9110 §8.4); empty: the file is not coded
    /// False when the first bytes may say otherwise: the extension is unknown, or stands for two things (".ts" is a
    /// stream of MPEG or TypeScript).
    bool is_certain = true;
};

/// What is text without a better name.
inline constexpr std::string_view kPlainText = "text/plain; charset=utf-8";

class MediaTypes {
public:
    /// `configured` win over the built-in types, `coded_names` over both. ".svgz" is always a coded name.
    explicit MediaTypes(FileMediaTypes configured = {}, std::vector<CodedName> coded_names = {});

    /// Lives as long as this; no allocation.
    [[nodiscard]] NamedType describe(std::string_view path) const;

    /// Of the path's last segment; text types carry "; charset=utf-8". "application/octet-stream" when the extension is
    /// unknown or there is none. Case does not matter. Lives as long as this; no allocation.
    [[nodiscard]] std::string_view type_of(std::string_view path) const;
    /// True when the last segment ends in an extension that has a media type: it names a file rather than a page.
    [[nodiscard]] bool knows_extension_of(std::string_view path) const;

    /// The built-in types alone.
    [[nodiscard]] static std::shared_ptr<const MediaTypes> built_in();

private:
    [[nodiscard]] std::string_view find(std::string_view extension) const;

    FileMediaTypes configured_;
    std::vector<CodedName> coded_names_;
};

}  // namespace media
