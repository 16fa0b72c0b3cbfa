// Content-Disposition: of downloads (RFC 6266), of requests that name a file, and of the parts of a form (RFC 7578
// §4.2). Called by the handlers of files and uploads and by MultipartParser. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace http {

/// "attachment; filename=…", with filename* beside it when the name is more than plain ASCII. `name`: any bytes, no
/// path. Control bytes become '_'; bytes that are not UTF-8 become U+FFFD.
[[nodiscard]] std::string attachment_disposition(std::string_view name);

struct ContentDisposition {
    std::string type;                     ///< as sent: "form-data", "attachment" …; compare without case
    std::optional<std::string> name;      ///< of a form field
    std::optional<std::string> filename;  ///< decoded bytes, filename* before filename; may be empty or hold a path
};

/// How the values escape what a quoted-string cannot hold.
enum class DispositionEscapes : std::uint8_t {
    field,      ///< of a message's head: backslashes
    form_part,  ///< of a form's part: browsers also write %22, %0D and %0A
};

/// nullopt when it is malformed: no type, a parameter that is none, name or filename twice.
[[nodiscard]] std::optional<ContentDisposition> parse_content_disposition(std::string_view value,
                                                                          DispositionEscapes escapes);

/// ext-value of RFC 8187 §3.2, "UTF-8''na%C3%AFve.txt": its bytes. UTF-8 must be valid; ISO-8859-1 is recoded.
/// nullopt when it is malformed or in another charset.
[[nodiscard]] std::optional<std::string> decode_ext_value(std::string_view value);

/// A filename without the path that some clients send: what stands behind the last '/' or '\'.
[[nodiscard]] std::string_view strip_path(std::string_view filename);

}  // namespace http
