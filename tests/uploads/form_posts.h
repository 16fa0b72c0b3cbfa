// Forms with files as tests post them to a whole site.
#pragma once

#include <string>
#include <string_view>

#include "support/write_answers.h"

namespace forms {

using storage::OnConflict;
using support::Answer;
using support::AnsweringSite;

inline constexpr std::string_view kBoundary = "AaB03x";
inline const std::string kEnd = "--AaB03x--\r\n";
inline constexpr std::string_view kBrowser =
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n";

inline site::SiteConfig config_with(OnConflict on_conflict) {
    site::SiteConfig config = AnsweringSite::all_allowed();
    config.on_conflict = on_conflict;
    return config;
}

inline std::string file_part(std::string_view filename, std::string_view content) {
    return "--AaB03x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"" + std::string(filename) +
           "\"\r\nContent-Type: application/octet-stream\r\n\r\n" + std::string(content) + "\r\n";
}

inline std::string field_part(std::string_view name, std::string_view content) {
    return "--AaB03x\r\nContent-Disposition: form-data; name=\"" + std::string(name) + "\"\r\n\r\n" +
           std::string(content) + "\r\n";
}

/// Posts a whole body in blocks of `block_bytes`.
inline Answer post(AnsweringSite& site, std::string_view target, const std::string& body, std::string_view fields = {},
                   std::string_view boundary = kBoundary, std::size_t block_bytes = 4096) {
    std::string lines = "Content-Type: multipart/form-data; boundary=" + std::string(boundary) + "\r\n" +
                        "Content-Length: " + std::to_string(body.size()) + "\r\n" + std::string(fields);
    return site.send(support::head("POST", target, lines), body, {}, block_bytes);
}

}  // namespace forms
