// A text file whose lines are addressable: /database.txt is all records, /database.txt/7 is one. GET in the form that
// Accept asks for, POST appends, PUT replaces, DELETE removes. Called by the router.
#pragma once

#include <string>
#include <string_view>

#include "handler/handler.h"
#include "handler/write_rules.h"
#include "records/record_file.h"

namespace records {

struct RecordsConfig {
    std::string path = "/database.txt";  ///< where the site answers; empty: nowhere
    std::string file = "/database.txt";  ///< the file's decoded path below the root
    RecordLimits limits;
};

class Records final : public handler::Handler {
public:
    /// `parts` and `site` (for allow_upload and allow_delete) must outlive this, and this all its answers.
    Records(const storage::WriteParts& parts, const handler::WriteRules& rules, RecordsConfig config);

    /// The records' own path and everything below it.
    [[nodiscard]] bool owns(std::string_view path) const;
    /// True when a directory, or something else that is no file, has the name of their file: nothing of it is served.
    [[nodiscard]] bool is_blocked() const;
    /// What handle() answers at a path that this owns; OPTIONS is the router's.
    [[nodiscard]] http::MethodSet allowed(std::string_view path) const;

    /// `request.path()` is one that this owns. 405 for methods that are not allowed there.
    handler::Decision handle(const http::Request& request) override;

private:
    handler::Decision read_all(const http::Request& request);
    handler::Decision receive(const http::Request& request, std::string_view id);

    const storage::FileRoot& root_;
    const base::Clock& clock_;
    const handler::WriteRules& rules_;
    RecordsConfig config_;
    RecordFile file_;
};

}  // namespace records
