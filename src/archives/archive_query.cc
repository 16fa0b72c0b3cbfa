// One parameter among others.
#include "archives/archive_query.h"

#include <string>

#include "http/form.h"

namespace archives {
namespace {

constexpr http::Refusal kUnknown{http::Status::bad_request,
                                 "the archives of a folder are zip, tar and tar.gz: ?archive=zip."};
constexpr http::Refusal kTwice{http::Status::bad_request, "archive is stated twice; state it once."};

std::optional<ArchiveForm> find_form(std::string_view word) {
    if (word == "zip") return ArchiveForm::zip;
    if (word == "tar") return ArchiveForm::tar;
    if (word == "tar.gz") return ArchiveForm::tar_gz;
    return std::nullopt;
}

}  // namespace

std::expected<std::optional<ArchiveForm>, http::Refusal> parse_archive_query(std::string_view query) {
    std::optional<ArchiveForm> found;
    while (!query.empty()) {
        const std::size_t end = query.find('&');
        const std::string_view parameter = query.substr(0, end);
        query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
        const std::size_t equals = parameter.find('=');
        if (parameter.substr(0, equals) != "archive") continue;
        if (found) return std::unexpected(kTwice);
        std::string value;
        if (equals != std::string_view::npos) http::append_form_decoded(value, parameter.substr(equals + 1));
        found = find_form(value);
        if (!found) return std::unexpected(kUnknown);
    }
    return found;
}

}  // namespace archives
