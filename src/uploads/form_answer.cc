// The status, the page and the JSON of a form's answer.
#include "uploads/form_answer.h"

#include <algorithm>

#include "base/escape.h"
#include "handler/error_page.h"
#include "http/target.h"

namespace uploads {
namespace {

using http::Status;

std::string path_of(const http::Request& request, const FormFile& file) {
    return std::string(request.path()) + file.name;
}

Status choose_status(const std::vector<FormFile>& files) {
    Status refused = Status::ok;
    bool any_created = false;
    for (const FormFile& file : files) {
        any_created = any_created || file.status == Status::created;
        if (file.is_stored()) continue;
        refused = refused == Status::ok || refused == file.status ? file.status : Status::conflict;
    }
    if (refused != Status::ok) return refused;
    return any_created ? Status::created : Status::ok;
}

/// True where signing in may help.
bool lacks_right(const FormFile& file) { return file.missing == http::MissingRight::of_others; }

/// `before`, then `text` in quotes.
void append_text(std::string& json, std::string_view before, std::string_view text) {
    json.append(before).append("\"");
    base::append_json_escaped(json, text);
    json.append("\"");
}

std::string make_json(const http::Request& request, const std::vector<FormFile>& files) {
    std::string json = "{\"files\":[";
    for (const FormFile& file : files) {
        json.append(json.ends_with('[') ? "{" : ",\n{");
        append_text(json, "\"name\":", file.name);
        if (file.is_named())
            append_text(json, ",\"path\":", http::encode_path(request.client_path(path_of(request, file))));
        if (file.is_stored()) {
            json.append(",\"size\":");
            base::append_decimal(json, file.bytes);
        }
        json.append(",\"status\":");
        base::append_decimal(json, static_cast<std::uint64_t>(http::code(file.status)));
        if (file.is_named()) append_text(json, ",\"etag\":", file.entity_tag);
        if (!file.is_stored()) append_text(json, ",\"error\":", file.fault);
        json.append("}");
    }
    return json.append("]}\n");
}

/// The page stands where the form was sent to, the directory: its links are relative.
void append_row(std::string& page, const FormFile& file) {
    page.append(file.is_named() ? "<li><a href=\"" : "<li><b>");
    if (file.is_named()) {
        page.append("./");
        base::append_html_escaped(page, http::encode_path(file.name));
        page.append("\">");
    }
    base::append_html_escaped(page, file.name.empty() ? std::string_view("(no name)") : std::string_view(file.name));
    page.append(file.is_named() ? "</a>: " : "</b>: ").append(file.is_stored() ? "stored" : "");
    base::append_html_escaped(page, file.fault);
    page.append("</li>\n");
}

std::string make_page(const std::vector<FormFile>& files) {
    const auto stored = static_cast<std::size_t>(std::ranges::count_if(files, &FormFile::is_stored));
    std::string title;
    base::append_decimal(title, stored);
    title.append(" of ");
    base::append_decimal(title, files.size());
    title.append(files.size() == 1 ? " file stored" : " files stored");
    std::string page =
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width\">\n"
        "<meta name=\"color-scheme\" content=\"light dark\">\n<title>";
    page.append(title).append(
        "</title>\n<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:8vh auto;padding:0 1rem;"
        "overflow-wrap:anywhere}h1{font-size:1.4rem}</style>\n</head>\n<body>\n<h1>");
    page.append(title).append("</h1>\n<ul>\n");
    // The files that were not stored come first.
    for (const FormFile& file : files) {
        if (!file.is_stored()) append_row(page, file);
    }
    for (const FormFile& file : files) {
        if (file.is_stored()) append_row(page, file);
    }
    return page.append("</ul>\n<p><a href=\"./\">Back to the directory</a></p>\n</body>\n</html>\n");
}

}  // namespace

http::Response answer_form(const http::Request& request, const std::vector<FormFile>& files) {
    http::Response response;
    response.status = choose_status(files);
    const bool all_stored = std::ranges::all_of(files, &FormFile::is_stored);
    const auto refused = std::ranges::find_if_not(files, &FormFile::is_stored);
    if (refused != files.end()) response.reason = refused->fault;
    if (std::ranges::all_of(files, lacks_right)) response.missing = http::MissingRight::of_others;
    if (response.status == Status::service_unavailable) response.add("Retry-After", "1");
    if (handler::prefers_html(request) && all_stored) return see_directory(request);
    if (handler::prefers_html(request)) {
        response.add("Content-Type", "text/html; charset=utf-8");
        response.add("Content-Security-Policy",
                     "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'");
        response.body = http::Piece(make_page(files));
    } else {
        response.add("Content-Type", "application/json");
        if (files.size() == 1 && response.status == Status::created && files.front().is_named()) {
            response.add("Location", http::encode_path(path_of(request, files.front())));
            response.add("ETag", files.front().entity_tag);
        }
        response.body = http::Piece(make_json(request, files));
    }
    response.add("X-Content-Type-Options", "nosniff").add("Vary", "Accept");
    return response;
}

http::Response see_directory(const http::Request& request) {
    http::Response response;
    response.status = Status::see_other;
    response.add("Location", http::encode_path(request.path()));
    response.add("Vary", "Accept");
    return response;
}

}  // namespace uploads
