// A text file whose lines are addressable: /database.txt is all records, /database.txt/7 is one. GET in the form that
// Accept asks for, POST appends, PUT replaces, DELETE removes. Called by the router.
#pragma once

#include <string>
#include <string_view>

#include "content/record_file.h"
#include "handlers/handler.h"
#include "handlers/site_config.h"

namespace handlers {

struct RecordsConfig {
    std::string path = "/database.txt";  ///< where the site answers; empty: nowhere
    std::string file = "/database.txt";  ///< the file's decoded path below the root
    content::RecordLimits limits;
};

class Records final : public Handler {
public:
    /// `parts` and `site` (for allow_upload and allow_delete) must outlive this, and this all its answers.
    Records(const content::WriteParts& parts, const SiteConfig& site, RecordsConfig config);

    /// The records' own path and everything below it.
    [[nodiscard]] bool owns(std::string_view path) const;
    /// True when a directory, or something else that is no file, has the name of their file: nothing of it is served.
    [[nodiscard]] bool is_blocked() const;
    /// What handle() answers at a path that this owns; OPTIONS is the router's.
    [[nodiscard]] http::MethodSet allowed(std::string_view path) const;

    /// `request.path()` is one that this owns. 405 for methods that are not allowed there.
    Decision handle(const http::Request& request) override;

private:
    Decision read_all(const http::Request& request);
    Decision receive(const http::Request& request, std::string_view id);

    const content::FileRoot& root_;
    const base::Clock& clock_;
    const SiteConfig& site_;
    RecordsConfig config_;
    content::RecordFile file_;
};

}  // namespace handlers
