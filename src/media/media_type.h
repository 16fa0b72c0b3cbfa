// Media types by file name extension (RFC 9110 §8.3): those that the operator configured, then the built-in ones. A
// part of the site's rules; asked by the representation cache once per opened file, and by listings.
#pragma once

#include <memory>
#include <string_view>
#include <utility>

#include "media/media_type_file.h"

namespace media {

class MediaTypes {
public:
    /// `configured` win over the built-in types.
    explicit MediaTypes(FileMediaTypes configured = {}) : configured_(std::move(configured)) {}

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
};

}  // namespace media
