// A text file whose lines are addressable: /database.txt is all records, /database.txt/7 is one. GET sends the format
// that Accept asks for, POST appends, PUT replaces, DELETE removes. Called by the router.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "handler/handler.h"
#include "handler/rights.h"
#include "records/record_file.h"

namespace records {

/// False when `file`, a decoded path below the root, exists and is something else: no regular file, or one whose first
/// line with content is no record.
[[nodiscard]] bool may_hold_records(const storage::FileRoot& root, std::string_view file);

struct RecordsConfig {
    std::string path = "/database.txt";  ///< where the site answers; empty: nowhere
    std::string file = "/database.txt";  ///< the file's decoded path below the root
    RecordLimits limits;
};

class Records {
public:
    /// `parts` must outlive this, and this all its answers. `file`: what is known of the file already; null: nothing.
    Records(const storage::WriteParts& parts, RecordsConfig config, std::shared_ptr<RecordFile> file = nullptr);

    /// What is known of the file, for another one of the same path.
    [[nodiscard]] const std::shared_ptr<RecordFile>& file() const { return file_; }

    /// The records' own path and everything below it.
    [[nodiscard]] bool owns(std::string_view path) const;
    /// True when a directory, or something else that is no file, has the name of the records' file: then it is not
    /// served.
    [[nodiscard]] bool is_blocked() const;
    /// True for the path of all records. `path` is one that this owns.
    [[nodiscard]] bool is_collection(std::string_view path) const { return path.size() == config_.path.size(); }

    /// `request.path()` is one that this owns. GET, HEAD and POST for all records, GET, HEAD, PUT and DELETE for one,
    /// and `rights` include what that needs.
    handler::Decision handle(const http::Request& request, handler::Rights rights);

private:
    handler::Decision read_all(const http::Request& request, handler::Rights rights);
    handler::Decision receive(const http::Request& request, std::string_view id);

    const storage::FileRoot& root_;
    const base::Clock& clock_;
    RecordsConfig config_;
    std::shared_ptr<RecordFile> file_;
};

}  // namespace records
