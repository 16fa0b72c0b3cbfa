// Compares the type without its parameters.
#include "media/scripted_type.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/ascii.h"

namespace media {

bool may_run_scripts(std::string_view media_type) {
    static constexpr auto kTypes = std::to_array<std::string_view>(
        {"application/xml", "application/xml-dtd", "application/xml-external-parsed-entity", "message/rfc822",
         "text/html", "text/xml", "text/xml-external-parsed-entity", "text/xsl"});
    std::string type(base::trim_blanks(media_type.substr(0, media_type.find(';'))));
    std::ranges::transform(type, type.begin(), base::to_lower);
    return type.ends_with("+xml") || type.starts_with("multipart/") || std::ranges::find(kTypes, type) != kTypes.end();
}

}  // namespace media
